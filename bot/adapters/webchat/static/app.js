// Starts the page: who is here, which chats are shown, in which language.

import { Chat } from "./chat.js";
import * as clock from "./clock.js";
import { avatar, find, isPhone, make, reveal } from "./dom.js";
import { listen, post, state } from "./net.js";
import { become, on, recall, remember, setNow, show, store, take, tell } from "./store.js";
import * as texts from "./texts.js";
import * as tour from "./tour.js";

const { t } = texts;
const TOAST_MILLISECONDS = 4500;
const chats = new Map();

async function begin() {
  const found = await state();
  Object.assign(store, {
    people: found.people,
    groups: found.groups.slice(0, 1),
    botNames: found.bot_names,
    community: found.community,
    zone: found.zone,
    revision: found.revision,
    loops: found.loops,
    canMoveClock: found.can_move_clock,
  });
  setNow(found.now);
  const wanted = recall("language") ?? (navigator.language.startsWith("zh") ? "zh_CN" : "en");
  await texts.load(wanted);
  const isFresh = !found.messages.some((one) => one.client_id); // neighbours and the clock speak without a page
  if (store.canMoveClock && (isFresh || recall("language")) && found.language !== wanted) post("language", { to: wanted });
  for (const message of found.messages) take(message);
  store.me = store.people.some((one) => one.id === recall("me")) ? recall("me") : store.people[0].id;
  store.view = recall("view") ?? (innerWidth >= 1180 ? "all" : "one");
  build();
  redraw();
  clock.begin();
  tour.begin(found.now, chats);
  listen();
}

function build() {
  chats.set(store.groups[0].id, new Chat(store.groups[0].id, ""));
  for (const one of store.people) chats.set(one.id, new Chat(one.id, one.id));
  find("chats").append(...[...chats.values()].map((chat) => chat.element));
  find("chats").style.setProperty("--rows", Math.ceil(store.people.length / 2)); // beside the group
  for (const radio of find("view").querySelectorAll("input")) {
    radio.addEventListener("change", () => look(radio.value));
  }
  find("language").addEventListener("click", () => speak(texts.current() === "en" ? "zh_CN" : "en"));
  on("me", redraw);
  on("tab", arrange);
  on("message", ({ message, isNew }) => hear(message, isNew));
  on("reply", ({ message }) => chats.get(message.chat).composer.reply(message));
  on("edit", ({ message }) => chats.get(message.chat).composer.edit(message));
  on("toast", toast);
  on("grown", () => shown().forEach((chat) => chat.isFollowing && chat.end()));
  on("connection", (isOpen) => (find("offline").hidden = isOpen));
  addEventListener("hashchange", goToHash);
  matchMedia("(width < 760px)").addEventListener("change", arrange);
}

function redraw() {
  people();
  arrange();
  for (const chat of chats.values()) chat.redraw();
  find("language").lang = texts.current() === "en" ? "zh-CN" : "en";
  clock.draw();
  goToHash();
}

function people() {
  const hadFocus = find("people").contains(document.activeElement);
  find("people").replaceChildren(
    ...store.people.map((one) => {
      const radio = make("input", { type: "radio", name: "person", value: one.id, checked: one.id === store.me, onchange: () => become(one.id) });
      const role = make("span", { class: "role" }, t(`webchat.role.${one.role}`));
      return make("label", { class: "chip" }, radio, avatar(one, store), make("span", { class: "name" }, one.name, role));
    }),
  );
  if (hadFocus) find("people").querySelector(":checked").focus({ preventScroll: true });
}

function look(view) {
  store.view = view;
  remember("view", view);
  arrange();
}

// Which chats stand on the page, and on a phone which one is open.
function arrange() {
  const isSingle = store.view === "one" || isPhone();
  document.body.dataset.view = isSingle ? "one" : "all";
  for (const radio of find("view").querySelectorAll("input")) radio.checked = radio.value === store.view;
  const tabs = ["group", store.me];
  if (!tabs.includes(store.tab) && isSingle) store.tab = store.me;
  for (const chat of chats.values()) {
    const name = chat.owner || "group";
    chat.element.hidden = isSingle && !tabs.includes(name);
    chat.element.classList.toggle("shown", name === store.tab);
    chat.element.classList.toggle("mine", chat.owner === store.me && !isSingle);
  }
  find("tabs").replaceChildren(
    ...tabs.map((name) =>
      make(
        "button",
        {
          type: "button",
          role: "tab",
          id: `tab-${name}`,
          tabIndex: name === store.tab ? 0 : -1,
          "aria-selected": String(name === store.tab),
          "aria-controls": `chat-${name}`,
          onclick: () => show(name),
          onkeydown: (event) => walk(event, tabs),
        },
        name === "group" ? t("webchat.group") : t("webchat.tab.private", { name: store.people.find((one) => one.id === name).name }),
      ),
    ),
  );
  for (const chat of shown()) chat.end();
}

function walk(event, tabs) {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!step) return;
  show(tabs[(tabs.indexOf(store.tab) + step + tabs.length) % tabs.length]);
  find(`tab-${store.tab}`).focus();
}

const shown = () => [...chats.values()].filter((chat) => chat.element.offsetParent !== null);

function hear(message, isNew) {
  const chat = chats.get(message.chat);
  if (!chat) return;
  chat.take(message);
  if (isNew && chat.element.offsetParent === null) find(`tab-${chat.owner || "group"}`)?.classList.add("has-news");
}

async function speak(language) {
  remember("language", language);
  await texts.load(language);
  if (store.canMoveClock) post("language", { to: language });
  redraw();
  tell("loops");
}

function toast(line) {
  const element = make("p", { class: "toast" }, line);
  find("toasts").replaceChildren(element);
  setTimeout(() => element.remove(), TOAST_MILLISECONDS);
}

function goToHash() {
  const message = store.messages.get(Number(location.hash.slice(2)));
  if (!location.hash.startsWith("#m") || !message) return;
  const row = document.getElementById(`m${message.id}`);
  if (row) reveal(row);
}

begin();
