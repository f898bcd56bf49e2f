// The box where somebody writes: hints, replies, edits, pictures. Words leave it only once they are taken.

import { icon, make } from "./dom.js";
import { clientId, post, upload } from "./net.js";
import { person, take, tell } from "./store.js";
import { t } from "./texts.js";
import { botName, words } from "./message.js";

export class Composer {
  #chat;
  #actor;
  #about = null;
  #editing = false;
  #attempt = { text: null, id: "" };

  constructor(chat, actor, waiting) {
    this.#chat = chat;
    this.#actor = actor;
    this.waiting = waiting;
    this.about = make("div", { class: "about", hidden: true });
    this.hints = make("div", { class: "hints", role: "group" });
    this.area = make("textarea", { rows: 1, enterKeyHint: "send", oninput: () => this.#grow(), onkeydown: (event) => this.#key(event) });
    this.file = make("input", { type: "file", accept: "image/png,image/jpeg,image/gif,image/webp", onchange: () => this.#send() });
    this.error = make("p", { class: "error", role: "alert", hidden: true });
    this.photo = make("label", { class: "icon" }, icon("photo"), this.file);
    this.button = make("button", { type: "submit", class: "main icon" }, icon("send"));
    this.form = make(
      "form",
      { class: "composer", onsubmit: (event) => (event.preventDefault(), this.#send()) },
      this.about,
      this.hints,
      make("div", { class: "box" }, this.photo, this.area, this.button),
      this.error,
    );
    this.speak();
  }

  // Show in whose name and language this box speaks.
  speak(actor = this.#actor) {
    if (actor !== this.#actor) this.#drop();
    this.#actor = actor;
    const who = person(actor);
    const place = this.#chat === actor ? "private" : "group";
    this.area.placeholder = t(`webchat.composer.${place}`, { name: who.name });
    this.area.setAttribute("aria-label", this.area.placeholder);
    this.file.setAttribute("aria-label", t("webchat.photo"));
    this.photo.title = t("webchat.photo");
    this.button.setAttribute("aria-label", t("webchat.send"));
    this.hints.setAttribute("aria-label", t("webchat.composer.hints"));
    const hints = t(`webchat.hints.${place}.${who.role}`).split("|");
    this.hints.replaceChildren(...hints.map((hint) => make("button", { type: "button", onclick: () => this.fill(hint) }, hint.trim())));
    this.#showAbout();
  }

  fill(text) {
    this.area.value = text;
    this.#grow();
    this.area.focus();
    this.area.setSelectionRange(text.length, text.length);
  }

  reply(message) {
    this.#about = message;
    this.#editing = false;
    this.#showAbout();
    this.area.focus();
  }

  edit(message) {
    this.#about = message;
    this.#editing = true;
    this.#showAbout();
    this.fill(message.text);
  }

  #drop() {
    if (this.#editing) this.area.value = "";
    this.#about = null;
    this.#editing = false;
    this.#showAbout();
    this.#grow();
  }

  #showAbout() {
    this.about.hidden = this.#about === null;
    if (this.#about === null) return;
    const who = this.#about.author ? this.#about.name : botName();
    const what = this.#editing ? t("webchat.editing") : t("webchat.replying", { name: who });
    const cancel = { type: "button", class: "quiet icon", "aria-label": t("webchat.cancel"), onclick: () => (this.#drop(), this.area.focus()) };
    this.about.replaceChildren(make("span", {}, `${what} · ${words(this.#about)}`), make("button", cancel, icon("close")));
  }

  #grow() {
    this.area.style.height = "auto";
    this.area.style.height = `${Math.max(34, this.area.scrollHeight)}px`;
    this.error.hidden = true;
  }

  #key(event) {
    if (event.key === "Escape" && this.#about !== null) this.#drop();
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.#send();
  }

  async #send() {
    const text = this.area.value;
    const photo = this.file.files[0];
    if (!text.trim() && !photo) return;
    // The same words sent again after a failure are the same act.
    if (this.#attempt.text !== text || photo) this.#attempt = { text, id: clientId() };
    const id = this.#attempt.id;
    const about = this.#about;
    const isEdit = this.#editing;
    const draft = isEdit || photo ? null : this.waiting(text, id);
    this.area.value = "";
    this.file.value = "";
    this.#drop();
    const answer = await this.#submit(text, photo, about, isEdit, id);
    draft?.remove();
    if (answer.ok) {
      this.#attempt = { text: null, id: "" };
      if (answer.message) take(answer.message);
      return;
    }
    if (!this.area.value) this.area.value = text;
    this.#about = about;
    this.#editing = isEdit;
    this.#showAbout();
    this.#grow();
    this.error.textContent = answer.error;
    this.error.hidden = false;
    tell("grown");
  }

  #submit(text, photo, about, isEdit, id) {
    const ask = { as: this.#actor, chat: this.#chat, client_id: id };
    if (isEdit) return post("edit", { ...ask, message: about.id, text });
    const reply = about ? { reply_to: about.id } : {};
    if (photo) return upload({ ...ask, ...reply, text }, photo);
    return post("say", { ...ask, ...reply, text });
  }
}
