// Draws one message: words, picture, poll, buttons, reactions, and what can be done with it.

import { avatar, coloured, icon, make, reveal } from "./dom.js";
import { clientId, post } from "./net.js";
import { me, person, show, store, tell } from "./store.js";
import { t, tag } from "./texts.js";

// The bot goes by the name of the page's language, if it has one.
export const botName = () => (tag() === "en" && store.botNames[1]) || store.botNames[0];

const DOUBLE_CLICK_MILLISECONDS = 600; // a second click within it is the same wish
const REACTIONS = ["👍", "❤️", "😄", "🎉", "👀", "🙏"];

export function draw(message, actor) {
  const isOwn = message.author !== "" && message.author === actor;
  const kind = message.author === "" ? "bot" : isOwn ? "own" : "other";
  const row = make("li", { class: `message ${kind}`, id: `m${message.id}`, tabIndex: -1 });
  row.append(avatar(author(message), store), stack(message, actor), actions(message, actor, row));
  row.addEventListener("pointerdown", (event) => hold(event, row));
  return row;
}

// Who said it: somebody on the page, somebody else with a name, or nobody (the bot).
const author = ({ author: id, name }) => id && (person(id) ?? { id, name });

export function pending(text, actor) {
  return make(
    "li",
    { class: "message own pending", "aria-label": t("webchat.sending") },
    avatar(person(actor), store),
    make("div", { class: "stack" }, make("div", { class: "meta" }, t("webchat.sending")), make("div", { class: "bubble" }, text)),
  );
}

export function clockTime(iso) {
  return new Intl.DateTimeFormat(tag(), { timeZone: store.zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(new Date(iso));
}

export function words(message) {
  const parts = message.parts ?? [message.text];
  const said = parts.map((part) => (typeof part === "string" ? part : part.name ?? part.strong ?? part.quote ?? part.link)).join("");
  return said || message.poll?.question || message.alt || "🖼";
}

function stack(message, actor) {
  const meta = make(
    "div",
    { class: "meta" },
    make("b", {}, message.author ? message.name : botName()),
    message.author === "" && make("span", { class: "badge bot" }, t("webchat.bot")),
    make("time", { dateTime: message.at }, clockTime(message.at)),
    message.is_edited && make("span", {}, t("webchat.edited")),
  );
  return make("div", { class: "stack" }, meta, bubble(message, actor), buttons(message, actor), reactions(message, actor));
}

function bubble(message, actor) {
  const said = (message.parts ?? [message.text]).filter(Boolean);
  return make(
    "div",
    { class: "bubble" },
    quoted(message),
    message.photo && picture(message.photo, t("webchat.photo.alt", { name: message.name })),
    message.picture && picture(message.picture, message.alt),
    said.length > 0 && make("p", {}, said.map(part)),
    message.poll && poll(message, actor),
  );
}

function part(piece) {
  if (typeof piece === "string") return piece;
  if ("mention" in piece) return make("span", { class: "mention" }, `@${piece.name}`);
  if ("strong" in piece) return make("strong", {}, piece.strong);
  if ("quote" in piece) return make("q", { class: "words-quote" }, piece.quote);
  return link(piece.link, piece.url);
}

function link(label, url) {
  const here = url.match(/^(?:https?:\/\/[^/]+)?\/webchat\/#m(\d+)$/);
  if (here) return make("a", { href: `#m${here[1]}`, onclick: (event) => jump(event, Number(here[1])) }, label);
  if (/^https?:\/\//.test(url)) return make("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, label);
  return label;
}

function jump(event, number) {
  event.preventDefault();
  const message = store.messages.get(number);
  if (!message) return;
  show(message.chat === store.groups[0]?.id ? "group" : message.chat);
  const row = document.getElementById(`m${number}`);
  if (!row) return;
  reveal(row);
  row.focus({ preventScroll: true });
}

function quoted(message) {
  const original = store.messages.get(message.reply_to);
  if (!original) return null;
  const who = original.author ? original.name : botName();
  return make("button", { type: "button", class: "quoted", onclick: (event) => jump(event, original.id) }, `${who}${t("webchat.colon")}${words(original)}`);
}

function picture(name, alt) {
  return make("img", { src: `files/${encodeURIComponent(name)}`, alt: alt ?? "", loading: "lazy", onload: () => tell("grown") });
}

function poll(message, actor) {
  const { question, options, multiple, votes, is_closed: isClosed } = message.poll;
  const chosen = votes[actor] ?? [];
  const voters = Object.keys(votes).length;
  const counts = options.map((_, index) => Object.values(votes).filter((choices) => choices.includes(index)).length);
  const rows = options.map((option, index) => {
    const isChosen = chosen.includes(index);
    const others = chosen.filter((choice) => choice !== index);
    const choices = multiple ? (isChosen ? others : [...chosen, index]) : isChosen ? [] : [index];
    const row = make(
      "button",
      {
        type: "button",
        disabled: isClosed,
        "aria-pressed": String(isChosen),
        "aria-label": t("webchat.poll.option", { option, count: counts[index] }),
        "data-key": `vote${index}`,
        onclick: () => act("vote", message, actor, { choices }),
      },
      make("span", {}, option),
      make("span", { class: "count" }, voters ? String(counts[index]) : ""),
    );
    row.style.setProperty("--share", voters ? `${(100 * counts[index]) / voters}%` : "0%");
    return row;
  });
  const state = isClosed ? "closed" : multiple ? "multiple" : "single";
  const facts = `${t("webchat.poll")} · ${t(`webchat.poll.${state}`)}`;
  return make("div", { class: "poll" }, make("p", { class: "question" }, question), make("p", { class: "facts" }, facts), rows);
}

function buttons(message, actor) {
  if (!message.buttons) return null;
  return make("div", { class: "buttons" }, message.buttons.map((row) => make("div", {}, row.map((one) => button(one, message, actor)))));
}

function button(one, message, actor) {
  if (one.url) return link(one.label, one.url);
  const press = one.start
    ? () => begin(one.start)
    : () => act("press", message, actor, { data: one.data });
  const element = make("button", { type: "button", "data-key": `press${one.label}`, "data-action": one.data?.slice(12) }, one.label);
  element.addEventListener("click", async () => {
    element.disabled = true;
    await Promise.all([press(), new Promise((done) => setTimeout(done, DOUBLE_CLICK_MILLISECONDS))]);
    element.disabled = false;
  });
  return element;
}

async function begin(data) {
  const answer = await post("start", { as: me().id, data });
  if (answer.ok) show(me().id);
  else tell("toast", answer.error);
}

function reactions(message, actor) {
  const given = Object.entries(message.reactions ?? {});
  if (!given.length) return null;
  const names = (people) => people.map((id) => person(id)?.name ?? botName()).join(", ");
  return make(
    "div",
    { class: "reactions" },
    given.map(([emoji, people]) => {
      const isMine = people.includes(actor);
      const label = `${emoji} ${people.length} · ${names(people)}`;
      const give = () => act("react", message, actor, { emoji, is_on: !isMine });
      const key = `react${emoji}`;
      return make(
        "button",
        { type: "button", "aria-pressed": String(isMine), "aria-label": label, title: names(people), "data-key": key, onclick: give },
        `${coloured(emoji)} ${people.length}`,
      );
    }),
  );
}

function actions(message, actor, row) {
  const bar = make("div", { class: "actions", role: "group", "aria-label": t("webchat.actions") });
  const usual = () => [
    tool("react", () => bar.replaceChildren(...picker()) || bar.firstElementChild.focus()),
    tool("reply", () => tell("reply", { message, actor })),
    message.author === actor && message.text ? tool("edit", () => tell("edit", { message, actor })) : "",
  ];
  const picker = () =>
    REACTIONS.map((emoji) =>
      make("button", { type: "button", "aria-label": emoji, onclick: () => choose(emoji) }, emoji),
    );
  const choose = (emoji) => {
    const isMine = message.reactions?.[emoji]?.includes(actor) ?? false;
    act("react", message, actor, { emoji, is_on: !isMine });
    bar.replaceChildren(...usual());
    row.classList.remove("is-held");
    row.focus();
  };
  row.addEventListener("pointerleave", () => bar.replaceChildren(...usual()));
  bar.append(...usual());
  return bar;
}

function tool(name, onclick) {
  return make("button", { type: "button", "aria-label": t(`webchat.${name}`), title: t(`webchat.${name}`), onclick }, icon(name));
}

// A finger that rests on a message, or taps its words, brings its actions.
function hold(event, row) {
  if (event.pointerType !== "touch" || event.target.closest("button, a")) return;
  const isHeld = row.classList.contains("is-held");
  for (const other of document.querySelectorAll(".is-held")) other.classList.remove("is-held");
  row.classList.toggle("is-held", !isHeld);
}

export async function act(name, message, actor, ask) {
  const answer = await post(name, { as: actor, chat: message.chat, message: message.id, client_id: clientId(), ...ask });
  const line = answer.ok ? answer.toast : answer.error;
  if (line) tell("toast", line);
}
