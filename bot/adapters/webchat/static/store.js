// What the page knows; everything else is drawn from it.

const listeners = new Map();

export const store = {
  people: [],
  groups: [],
  botNames: [],
  community: "",
  zone: "UTC",
  revision: 0,
  messages: new Map(),
  loops: { checked_in: null, feedback: [] },
  canMoveClock: false,
  clockOffset: 0,
  me: "",
  view: "one",
  tab: "group",
};

export function on(name, listener) {
  listeners.set(name, [...(listeners.get(name) ?? []), listener]);
}

export function tell(name, detail) {
  for (const listener of listeners.get(name) ?? []) listener(detail);
}

export const person = (id) => store.people.find((one) => one.id === id);
export const me = () => person(store.me);
export const group = () => store.groups[0];
export const now = () => new Date(Date.now() + store.clockOffset);

export function setNow(iso) {
  store.clockOffset = Date.parse(iso) - Date.now();
  tell("clock");
}

export function messagesOf(chat) {
  return [...store.messages.values()].filter((message) => message.chat === chat).sort((a, b) => a.id - b.id);
}

export function take(message) {
  store.revision = Math.max(store.revision, message.revision);
  const known = store.messages.get(message.id);
  if (known && known.revision >= message.revision) return;
  store.messages.set(message.id, message);
  tell("message", { message, isNew: !known });
}

export function become(id) {
  if (!person(id) || store.me === id) return;
  store.me = id;
  remember("me", id);
  if (store.tab !== "group" && store.view === "one") store.tab = id;
  tell("me");
}

export function show(tab) {
  store.tab = tab;
  tell("tab");
}

export function remember(name, value) {
  try {
    localStorage.setItem(`huixiang.${name}`, value);
  } catch {
    // a browser that keeps nothing still chats
  }
}

export function recall(name) {
  try {
    return localStorage.getItem(`huixiang.${name}`);
  } catch {
    return null;
  }
}
