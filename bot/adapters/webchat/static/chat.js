// One chat: its head, its messages, its composer.

import { avatar, icon, make, prefersCalm, reveal } from "./dom.js";
import { Composer } from "./composer.js";
import { draw, pending } from "./message.js";
import { messagesOf, person, store } from "./store.js";
import { t, tag } from "./texts.js";

const NEAR = 120; // pixels from the end that still count as reading the newest

export class Chat {
  constructor(id, owner) {
    this.id = id;
    this.owner = owner; // whose private chat this is; empty for the group
    this.list = make("ol", {});
    const log = { class: "log", role: "log", tabIndex: 0, "aria-live": "polite", "aria-relevant": "additions" };
    this.log = make("div", log, this.list);
    this.empty = make("p", { class: "empty" });
    this.newer = make("button", { type: "button", class: "newer", hidden: true, onclick: () => this.end("smooth") });
    this.title = make("h2", {});
    this.note = make("p", {});
    const face = avatar(owner ? person(owner) : null, store);
    this.composer = new Composer(id, this.actor, (text, key) => this.#wait(text, key));
    this.element = make(
      "section",
      { class: `chat ${owner ? "private" : "group"}`, id: `chat-${owner || "group"}`, role: "region" },
      make("header", {}, face, make("div", {}, this.title, this.note)),
      make("div", { class: "log-frame" }, this.log, this.empty, this.newer),
      this.composer.form,
    );
    this.log.addEventListener("keydown", (event) => this.#walk(event));
    this.isFollowing = true; // until somebody scrolls up to read
    this.top = 0;
    this.log.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    new ResizeObserver(() => this.isFollowing && this.end()).observe(this.log);
  }

  get actor() {
    return this.owner || store.me;
  }

  get isNear() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR;
  }

  // Draw everything anew: another person looks, or another language is spoken.
  redraw() {
    const name = person(this.owner)?.name;
    this.title.textContent = this.owner ? t("webchat.private", { name }) : store.groups[0].title;
    this.note.textContent = this.owner
      ? t("webchat.private.note", { name })
      : t("webchat.group.people", { count: store.groups[0].count });
    this.element.setAttribute("aria-label", this.title.textContent);
    this.log.setAttribute("aria-label", this.title.textContent);
    this.empty.textContent = t(`webchat.empty.${this.owner ? "private" : "group"}`);
    this.newer.replaceChildren(icon("down"), t("webchat.new"));
    this.composer.speak(this.actor);
    this.log.setAttribute("aria-live", "off");
    this.list.replaceChildren();
    for (const message of messagesOf(this.id)) this.#append(message);
    this.empty.hidden = this.list.childElementCount > 0;
    this.end();
    setTimeout(() => this.log.setAttribute("aria-live", "polite"), 200);
  }

  take(message) {
    const old = this.log.querySelector(`#m${message.id}`);
    if (old) this.#replace(old, message);
    else {
      this.log.querySelector(`[data-waits="${CSS.escape(message.client_id || "-")}"]`)?.remove();
      this.#append(message);
      this.empty.hidden = true;
    }
    if (this.isFollowing || message.author === this.actor) this.end("smooth");
    else if (!old) this.newer.hidden = false;
  }

  end(behavior = "instant") {
    this.newer.hidden = true;
    this.isFollowing = true;
    this.log.scrollTo({ top: this.log.scrollHeight, behavior: prefersCalm() ? "instant" : behavior });
  }

  #scrolled() {
    if (this.isNear) this.newer.hidden = true;
    if (this.isNear || this.log.scrollTop < this.top) this.isFollowing = this.isNear;
    this.top = this.log.scrollTop;
  }

  #append(message) {
    const day = new Intl.DateTimeFormat(tag(), { timeZone: store.zone, month: "long", day: "numeric", weekday: "short" }).format(new Date(message.at));
    const last = [...this.log.querySelectorAll("[data-day]")].at(-1)?.dataset.day;
    if (day !== last) this.list.append(make("li", { class: "day", "data-day": day }, day));
    const waiting = this.log.querySelector(".pending");
    const row = draw(message, this.actor);
    if (waiting) waiting.before(row);
    else this.list.append(row);
  }

  #replace(old, message) {
    const key = old.contains(document.activeElement) ? document.activeElement.dataset.key ?? "" : null;
    const row = draw(message, this.actor);
    old.replaceWith(row);
    if (key !== null) (row.querySelector(`[data-key="${CSS.escape(key)}"]`) ?? row).focus({ preventScroll: true });
  }

  #wait(text, key) {
    const row = pending(text, this.actor);
    row.dataset.waits = key;
    this.list.append(row);
    this.empty.hidden = true;
    this.end("smooth");
    return row;
  }

  // Arrows walk from message to message; Tab then reaches what can be done with it.
  #walk(event) {
    if (!["ArrowUp", "ArrowDown", "Home", "End"].includes(event.key)) return;
    const rows = [...this.log.querySelectorAll(".message:not(.pending)")];
    if (!rows.length) return;
    const at = rows.indexOf(document.activeElement.closest(".message"));
    const next = { ArrowUp: at < 0 ? rows.length - 1 : at - 1, ArrowDown: at < 0 ? 0 : at + 1, Home: 0, End: rows.length - 1 }[event.key];
    event.preventDefault();
    const row = rows[Math.min(Math.max(next, 0), rows.length - 1)];
    reveal(row);
    row.focus({ preventScroll: true });
  }
}
