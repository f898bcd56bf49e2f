// The guided tour of the loop. A step is done when it has really happened, whoever did it.

import * as clock from "./clock.js";
import { find, icon, isPhone, make, reveal } from "./dom.js";
import { become, group, messagesOf, now, on, recall, remember, show, store } from "./store.js";
import { t } from "./texts.js";

let chats;
let started;
let drawn = "";
let chosen = null; // the sight somebody looks at
let isBrowsing = false;
const STEPS = ["checkin", "feedback", "resolve", "echo", "verify", "thanks"];

export function begin(moment, all) {
  chats = all;
  const kept = recall("tour.started");
  started = kept && kept <= moment ? kept : moment;
  remember("tour.started", started);
  find("tour-open").addEventListener("click", () => open(find("tour").hidden));
  for (const name of ["loops", "message", "me", "tab", "clock"]) on(name, draw);
  on("message", ({ message }) => message.author && document.querySelector(".composer .pointed")?.classList.remove("pointed"));
  open(recall("tour") !== "closed");
}

function open(isOpen) {
  find("tour").hidden = !isOpen;
  find("tour-open").setAttribute("aria-expanded", String(isOpen));
  remember("tour", isOpen ? "open" : "closed");
  drawn = "";
  draw();
}

function restart() {
  // The page's clock may lag behind the server's by what an answer takes to come.
  const heard = [store.loops.checked_in, ...store.loops.feedback.map((one) => one.captured)].filter(Boolean).map((moment) => Date.parse(moment) + 1);
  started = new Date(Math.max(now().getTime(), ...heard)).toISOString();
  remember("tour.started", started);
  drawn = "";
  draw();
}

const since = (moment) => moment !== null && Date.parse(moment) >= Date.parse(started);
const member = () => store.people.find((one) => one.role === "member");
const other = () => store.people.filter((one) => one.role === "member").at(-1);
const admin = () => store.people.find((one) => one.role === "admin") ?? staff();
const second = () => store.people.filter((one) => one.role === "admin").at(-1) ?? staff();
const staff = () => store.people.find((one) => one.role === "kos") ?? store.people.at(-1);

// The voice the tour follows: of those raised since it started, the one that has come furthest.
function followed() {
  const far = (one) => ["resolved", "echoed", "verified", "thanked"].filter((step) => one[step]).length;
  return store.loops.feedback.filter((one) => since(one.captured)).sort((a, b) => far(b) - far(a) || b.id - a.id)[0];
}

function done() {
  const voice = followed();
  const isSeen = voice && chats.get(voice.by)?.element.offsetParent !== null;
  const steps = {
    checkin: since(store.loops.checked_in),
    feedback: Boolean(voice),
    resolve: Boolean(voice?.resolved),
    echo: Boolean(voice?.echoed && (isSeen || voice.verified)),
    verify: Boolean(voice?.verified),
    thanks: Boolean(voice?.thanked),
  };
  return { voice, steps };
}

const button = (action) => [...document.querySelectorAll(`[data-action^="${action}"]`)].at(-1);

// Whether a greeting of today stands in the group and can be pressed.
function isMorning() {
  const id = button("checkin:")?.closest(".message").id.slice(1);
  const message = store.messages.get(Number(id));
  return message !== undefined && !clock.isMoving() && now() - Date.parse(message.at) < 12 * 3_600_000;
}

// What the step that is next asks for: its words, and what "do it for me" prepares.
function task(step, voice) {
  const names = { member: (voice && store.people.find((one) => one.id === voice.by)?.name) ?? member().name, kos: staff().name };
  const by = voice?.by ?? member().id;
  switch (step) {
    case "checkin":
      return isMorning()
        ? { words: t("webchat.tour.checkin.press", names), go: () => point(by, "group", () => button("checkin:")) }
        : { words: t("webchat.tour.checkin.clock"), label: t("webchat.tour.checkin.jump"), go: () => clock.move("next 09:00") };
    case "feedback": {
      const words = t("webchat.tour.say.feedback");
      return { words: t("webchat.tour.feedback.body", { ...names, words }), go: () => write(by, "group", words) };
    }
    case "resolve": {
      const asked = messagesOf(staff().id).some((one) => one.author && one.at >= voice.captured && /^[/／]?(inbox|待办)/i.test(one.text));
      if (!asked) return { words: t("webchat.tour.resolve.inbox", names), go: () => write(staff().id, staff().id, "/inbox") };
      const words = t("webchat.tour.say.resolve", { id: voice.id });
      return { words: t("webchat.tour.resolve.body", { ...names, words }), go: () => write(staff().id, staff().id, words) };
    }
    case "echo":
      return { words: t("webchat.tour.echo.body", names), go: () => point(by, by, () => button(`verify:${voice.id}:`)?.closest(".message")) };
    case "verify":
      return { words: t("webchat.tour.verify.body", names), go: () => point(by, by, () => document.querySelector(`[data-action^="verify:${voice.id}:"][data-action$=":better"]`)) };
    default:
      return { words: t("webchat.tour.thanks.body", names), go: () => point(by, "group", () => document.querySelector("#chat-group .message:last-child")) };
  }
}

function prepare(who, tab) {
  become(who);
  show(tab);
  return chats.get(tab === "group" ? group().id : tab);
}

function write(who, tab, words) {
  const chat = prepare(who, tab);
  chat.composer.fill(words);
  mark(chat.composer.button);
}

function point(who, tab, target) {
  prepare(who, tab);
  const element = target();
  if (!element) return;
  reveal(element);
  element.focus({ preventScroll: true });
  mark(element);
}

function mark(element) {
  for (const other of document.querySelectorAll(".pointed")) other.classList.remove("pointed");
  element.classList.add("pointed");
  const forget = () => element.classList.remove("pointed");
  element.addEventListener("click", forget, { once: true });
  setTimeout(forget, 12_000);
}

function draw() {
  if (find("tour").hidden) return;
  const { voice, steps } = done();
  const next = STEPS.find((step) => !steps[step]);
  const what = next && task(next, voice);
  const state = JSON.stringify([steps, what?.words, what?.label, store.me, chosen, isBrowsing]);
  if (state === drawn) return;
  drawn = state;
  const hadFocus = find("tour").contains(document.activeElement);
  const place = next ? t("webchat.tour.step", { step: STEPS.indexOf(next) + 1, total: STEPS.length }) : "";
  find("tour").replaceChildren(
    make(
      "header",
      {},
      make("h2", {}, isPhone() && place ? place : t("webchat.tour.title")),
      tool("again", "webchat.tour.restart", restart),
      tool("close", "webchat.tour.close", () => (open(false), find("tour-open").focus())),
    ),
    make("ol", {}, STEPS.map((step, index) => row(step, index, steps[step], step === next ? what : null)), next ? null : finished()),
    sights(!next),
  );
  if (hadFocus) find("tour").querySelector(".is-next button, header button")?.focus();
}

function row(step, index, isDone, what) {
  const mark = make("span", { class: "mark", "aria-hidden": "true" }, isDone ? icon("check") : String(index + 1));
  const state = isDone ? "is-done" : what ? "is-next" : "is-later";
  const title = make("h3", {}, t(`webchat.tour.${step}`), isDone && make("span", { class: "unseen" }, ` (${t("webchat.tour.done")})`));
  const more = what && make("div", { class: "more" }, make("p", { role: "status" }, what.words), make("button", { type: "button", class: "main", onclick: what.go }, what.label ?? t("webchat.tour.do")));
  return make("li", { class: state, "data-step": step, "aria-current": what ? "step" : undefined }, mark, title, more);
}

// What else lives here, over what the neighbours have said: who does what, and where. Words without a chat are a time.
const SIGHTS = [
  ["defect", other, "group", () => t("webchat.tour.say.defect")],
  ["question", member, "group", () => t("webchat.tour.say.question")],
  ["topic", staff, "private", () => "/show T1"],
  ["insight", staff, "private", () => "/insight T1"],
  ["packet", admin, "", () => "monday 10:00"],
  ["promise", staff, "private", () => "/report"],
  ["export", admin, "private", () => t("webchat.tour.say.export")],
  ["hurt", staff, "private", () => "/show 11"],
  ["immunity", staff, "private", () => "/immunity"],
  ["private", member, "private", () => "/private"],
  ["mydata", other, "private", () => "/mydata"],
  ["story", staff, "private", () => "/story list"],
  ["beta", staff, "private", () => t("webchat.tour.say.beta")],
  ["award", staff, "private", () => "/award"],
  ["circle", staff, "private", () => "/circle"],
  ["honours", member, "private", () => "/me"],
];

function sight([name, who, place, words]) {
  const go = () => {
    chosen = name;
    if (place) write(who().id, place === "group" ? "group" : who().id, words());
    else prepare(who().id, who().id) && clock.move(words());
    draw();
  };
  const isChosen = chosen === name;
  return make("button", { type: "button", "data-sight": name, "aria-pressed": String(isChosen), onclick: go }, t(`webchat.tour.sight.${name}`));
}

function sights(isFinished) {
  const names = { member: member().name, other: other().name, kos: staff().name, admin: admin().name, second: second().name };
  const look = make("p", { class: "look", role: "status" }, chosen && t(`webchat.tour.look.${chosen}`, names));
  const browse = (event) => (isBrowsing = event.target.open || (isFinished && isBrowsing));
  return make(
    "details",
    { class: isFinished ? "others is-open" : "others", open: isFinished || isBrowsing, ontoggle: browse },
    make("summary", {}, t("webchat.tour.sights")),
    look,
    make("div", { class: "sights" }, SIGHTS.map(sight)),
  );
}

function finished() {
  const mark = make("span", { class: "mark", "aria-hidden": "true" }, icon("check"));
  const again = make("button", { type: "button", onclick: restart }, t("webchat.tour.restart"));
  const more = make("div", { class: "more" }, make("p", { role: "status" }, t("webchat.tour.finished.body")), again);
  return make("li", { class: "is-done is-finished" }, mark, make("h3", {}, t("webchat.tour.finished")), more);
}

function tool(name, text, onclick) {
  return make("button", { type: "button", class: "quiet icon", "aria-label": t(text), title: t(text), onclick }, icon(name));
}
