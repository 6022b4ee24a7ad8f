/* supportbot's widget: one file, no dependency, no build. https://HOST/widget/v1.js */
(() => {
"use strict";
const script = document.currentScript;
const attribute = (name) => script?.dataset[name];
const ORIGIN = script?.src ? new URL(script.src).origin : location.origin;
const LONGEST = 4000, COUNT_FROM = 3500, SHOW_PROGRESS = 300, SHOW_CANCEL = 3000, GIVE_UP = 10000;
const POLL = [5000, 60000], BEFORE_EXPIRY = 30, STORED = "supportbot.conversation";
const PHONE = matchMedia("(max-width: 480px)");

const STRINGS = {
  en: {
    launch: "Ask billing support", title: "Billing support", close: "Close", clear: "Clear",
    hello: "Hi! Ask me about your balance, credits, invoices, cards or limits.",
    automated: "Automated answers from the documentation and your account.",
    placeholder: "Ask a billing question", send: "Send", you: "You", answer: "Answer",
    person: "Talk to a person", personSays: "A person replied", working: "Answering…",
    looking: "Looking up your account…", ready: "Answer ready", cancel: "Cancel", retry: "Try again",
    sources: "Sources", docs: "Documentation", account: "Your account", sum: "Computed",
    asOf: "as of", copy: "Copy", copied: "Copied", good: "Helpful", bad: "Not helpful",
    why: "What was wrong?", thanks: "Thank you.",
    reasons: ["Not my question", "Not correct", "Hard to understand", "Something is missing"],
    offline: "No connection. Your question is kept.", slow: "This takes too long. Your question is kept.",
    busy: "That was a lot at once. You can send it again in {n} s.",
    broken: "Something went wrong on our side. Your question is kept.",
    signIn: "Sign in to see answers about your own account.", stopped: "Cancelled.",
    email: "Your e-mail address", note: "Anything we should know? (optional)",
    ask: "A person will read this conversation and reply here, and by e-mail if you leave an address.",
    submit: "Send to a person", sent: "A person will take it from here. Your reference: {n}",
    left: "{n} characters left", over: "{n} characters too many", replies: "{n} new replies",
  },
  es: {
    launch: "Preguntar sobre facturación", title: "Ayuda de facturación", close: "Cerrar", clear: "Borrar",
    hello: "¡Hola! Pregunte por su saldo, créditos, facturas, tarjetas o límites (en inglés).",
    automated: "Respuestas automáticas de la documentación y de su cuenta.",
    placeholder: "Su pregunta sobre facturación", send: "Enviar", you: "Usted", answer: "Respuesta",
    person: "Hablar con una persona", personSays: "Ha respondido una persona", working: "Respondiendo…",
    looking: "Consultando su cuenta…", ready: "Respuesta lista", cancel: "Cancelar", retry: "Reintentar",
    sources: "Fuentes", docs: "Documentación", account: "Su cuenta", sum: "Calculado",
    asOf: "a fecha de", copy: "Copiar", copied: "Copiado", good: "Útil", bad: "No es útil",
    why: "¿Qué ha fallado?", thanks: "Gracias.",
    reasons: ["No era mi pregunta", "No es correcto", "Difícil de entender", "Falta algo"],
    offline: "Sin conexión. Conservamos su pregunta.", slow: "Tarda demasiado. Conservamos su pregunta.",
    busy: "Demasiados mensajes. Podrá enviarlo de nuevo en {n} s.",
    broken: "Algo ha fallado por nuestra parte. Conservamos su pregunta.",
    signIn: "Inicie sesión para ver respuestas sobre su cuenta.", stopped: "Cancelado.",
    email: "Su correo electrónico", note: "¿Algo que debamos saber? (opcional)",
    ask: "Una persona leerá esta conversación y responderá aquí, y por correo si deja una dirección.",
    submit: "Enviar a una persona", sent: "Una persona se ocupará de esto. Su referencia: {n}",
    left: "Quedan {n} caracteres", over: "Sobran {n} caracteres", replies: "{n} respuestas nuevas",
  },
  de: {
    launch: "Abrechnung fragen", title: "Hilfe zur Abrechnung", close: "Schließen", clear: "Leeren",
    hello: "Hallo! Fragen Sie nach Guthaben, Rechnungen, Karten oder Limits (auf Englisch).",
    automated: "Automatische Antworten aus der Dokumentation und Ihrem Konto.",
    placeholder: "Ihre Frage zur Abrechnung", send: "Senden", you: "Sie", answer: "Antwort",
    person: "Mit einem Menschen sprechen", personSays: "Ein Mensch hat geantwortet", working: "Antwort kommt…",
    looking: "Ihr Konto wird gelesen…", ready: "Antwort ist da", cancel: "Abbrechen", retry: "Noch einmal",
    sources: "Quellen", docs: "Dokumentation", account: "Ihr Konto", sum: "Berechnet",
    asOf: "Stand", copy: "Kopieren", copied: "Kopiert", good: "Hilfreich", bad: "Nicht hilfreich",
    why: "Was war falsch?", thanks: "Danke.",
    reasons: ["Nicht meine Frage", "Nicht richtig", "Schwer zu verstehen", "Es fehlt etwas"],
    offline: "Keine Verbindung. Ihre Frage bleibt erhalten.", slow: "Das dauert zu lange. Ihre Frage bleibt erhalten.",
    busy: "Das war viel auf einmal. In {n} s können Sie es noch einmal senden.",
    broken: "Bei uns ist etwas schiefgegangen. Ihre Frage bleibt erhalten.",
    signIn: "Melden Sie sich an, um Antworten zu Ihrem Konto zu sehen.", stopped: "Abgebrochen.",
    email: "Ihre E-Mail-Adresse", note: "Was sollten wir wissen? (optional)",
    ask: "Ein Mensch liest dieses Gespräch und antwortet hier, und per E-Mail, wenn Sie eine Adresse angeben.",
    submit: "An einen Menschen senden", sent: "Ein Mensch übernimmt. Ihre Referenz: {n}",
    left: "Noch {n} Zeichen", over: "{n} Zeichen zu viel", replies: "{n} neue Antworten",
  },
  ja: {
    launch: "請求について質問する", title: "請求サポート", close: "閉じる", clear: "消去",
    hello: "こんにちは。残高、クレジット、請求書、カード、上限についてご質問ください（英語）。",
    automated: "ドキュメントとアカウント情報にもとづく自動回答です。",
    placeholder: "請求に関するご質問", send: "送信", you: "あなた", answer: "回答",
    person: "担当者に相談する", personSays: "担当者からの返信", working: "回答しています…",
    looking: "アカウントを確認しています…", ready: "回答が届きました", cancel: "中止", retry: "もう一度",
    sources: "出典", docs: "ドキュメント", account: "あなたのアカウント", sum: "計算",
    asOf: "時点", copy: "コピー", copied: "コピーしました", good: "役に立った", bad: "役に立たなかった",
    why: "何が問題でしたか？", thanks: "ありがとうございます。",
    reasons: ["質問と違う", "正しくない", "わかりにくい", "情報が足りない"],
    offline: "接続がありません。ご質問は保存されています。", slow: "時間がかかっています。ご質問は保存されています。",
    busy: "送信が多すぎます。{n} 秒後にもう一度送信できます。",
    broken: "こちらで問題が発生しました。ご質問は保存されています。",
    signIn: "ご自身のアカウントについてはサインインしてください。", stopped: "中止しました。",
    email: "メールアドレス", note: "補足があればご記入ください（任意）",
    ask: "担当者がこの会話を読み、ここに返信します。アドレスがあればメールでもお送りします。",
    submit: "担当者に送る", sent: "担当者が引き継ぎます。参照番号：{n}",
    left: "残り {n} 文字", over: "{n} 文字超過", replies: "新しい返信 {n} 件",
  },
};

const CSS = `
:host { all: initial; --a: var(--sb-accent, #2f5bea); --on-a: var(--sb-on-accent, #fff);
  --bg: var(--sb-background, #fff); --fg: var(--sb-text, #1a1d26); --soft: var(--sb-surface, #f3f4f8);
  --line: var(--sb-border, #d9dce6); --muted: var(--sb-muted, #575d6e); --link: var(--sb-link, #2149c9);
  --good: #17663a; --warn-bg: #fff5e0; --warn: #6b4700; --radius: var(--sb-radius, 14px);
  --font: var(--sb-font, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif); }
:host([data-dark]) { --bg: var(--sb-background, #171a21); --fg: var(--sb-text, #eceef4);
  --soft: var(--sb-surface, #232733); --line: var(--sb-border, #3a4050); --muted: var(--sb-muted, #a9b0c2);
  --link: var(--sb-link, #9db4ff); --good: #7ddba3; --warn-bg: #3a2f14; --warn: #ffd98a; }
* { box-sizing: border-box; }
button, input, textarea { font: inherit; color: inherit; }
.launcher, dialog { font: 15px/1.5 var(--font); }
.launcher { position: fixed; inset-block-end: 20px; inset-inline-end: 20px; z-index: 2147483000;
  display: inline-flex; gap: 9px; align-items: center; min-block-size: 48px; padding: 0 20px 0 16px;
  border: 0; border-radius: 24px; background: var(--a); color: var(--on-a); font-weight: 600; cursor: pointer;
  box-shadow: 0 2px 6px #0002, 0 8px 28px #0003; transition: transform .15s; }
.launcher:hover { transform: translateY(-1px); }
.launcher .count { min-inline-size: 22px; padding: 0 6px; border-radius: 11px; background: #b3261e; color: #fff; font-size: 13px; }
:host([data-position="start"]) .launcher, :host([data-position="start"]) dialog { inset-inline: 20px auto; }
svg { inline-size: 20px; block-size: 20px; fill: none; stroke: currentColor; stroke-width: 2;
  stroke-linecap: round; stroke-linejoin: round; flex: none; }
dialog { position: fixed; inset-block: auto 84px; inset-inline: auto 20px; z-index: 2147483001; margin: 0; padding: 0;
  inline-size: min(412px, calc(100vw - 40px)); block-size: min(660px, calc(100vh - 110px)); max-block-size: none;
  border: 1px solid var(--line); border-radius: var(--radius); background: var(--bg); color: var(--fg);
  box-shadow: 0 12px 48px #0003; overflow: hidden; }
dialog[open] { display: flex; flex-direction: column; }
dialog:modal { inset: 0; inline-size: 100%; block-size: 100%; max-inline-size: none; border: 0; border-radius: 0; }
.head { display: flex; align-items: center; gap: 2px; padding: 10px 8px 10px 18px; border-block-end: 1px solid var(--line); }
.name { flex: 1; line-height: 1.35; } h2 { margin: 0; font-size: 16px; font-weight: 650; }
small { font-size: 12.5px; color: var(--muted); }
.icon { inline-size: 44px; block-size: 44px; padding: 0; display: inline-grid; place-items: center;
  border: 0; border-radius: 10px; background: none; color: var(--muted); cursor: pointer; }
.icon:hover, .chip:hover { background: var(--soft); }
.icon[aria-pressed="true"] { color: var(--link); background: var(--soft); }
.log { flex: 1; overflow-y: auto; overscroll-behavior: contain; padding: 16px 18px; display: flex; flex-direction: column; gap: 14px; }
.mine { align-self: flex-end; max-inline-size: 86%; padding: 9px 14px; border-radius: 16px 16px 4px 16px;
  background: var(--a); color: var(--on-a); white-space: pre-wrap; overflow-wrap: anywhere; }
article { max-inline-size: 100%; overflow-wrap: anywhere; }
article.reply { padding: 12px 14px; border: 1px solid var(--line); border-inline-start: 4px solid var(--good); border-radius: 10px; }
h3 { margin: 0 0 4px; font-size: 13px; font-weight: 650; color: var(--muted); }
p { margin: 0 0 9px; } ul { margin: 0 0 9px; padding-inline-start: 20px; } li { margin: 3px 0; }
.causes > ul { list-style: none; padding: 0; display: grid; gap: 9px; }
.causes > ul > li { padding: 10px 13px; border: 1px solid var(--line); border-inline-start: 4px solid var(--a); border-radius: 10px; margin: 0; }
code { padding: 1px 5px; border-radius: 5px; background: var(--soft); font: .9em ui-monospace, "DejaVu Sans Mono", monospace; }
a { color: var(--link); }
.cite { min-inline-size: 24px; min-block-size: 24px; padding: 0 5px; margin: 0 1px; border: 1px solid var(--line); border-radius: 7px;
  background: var(--soft); color: var(--link); font-size: 12px; font-weight: 600; line-height: 1; cursor: pointer; vertical-align: 1px; }
details { margin: 4px 0 2px; font-size: 13.5px; }
summary { min-block-size: 32px; display: inline-flex; align-items: center; gap: 6px; color: var(--muted); cursor: pointer; }
summary::before { content: "›"; font-size: 18px; transition: rotate .15s; } details[open] summary::before { rotate: 90deg; }
ol { margin: 4px 0; padding: 0; list-style: none; display: grid; gap: 8px; }
ol li { padding: 9px 12px; border-radius: 10px; background: var(--soft); margin: 0; }
ol li:focus { outline: 2px solid var(--a); }
.kind { display: inline-block; padding: 0 8px; margin-inline-end: 6px; border-radius: 9px; border: 1px solid var(--line); font-size: 12px; color: var(--muted); background: var(--bg); }
.kind.own { color: var(--good); border-color: currentColor; }
blockquote { margin: 5px 0 0; padding-inline-start: 10px; border-inline-start: 3px solid var(--line); color: var(--muted); white-space: pre-line; }
.asof { color: var(--muted); }
.tools { display: flex; align-items: center; flex-wrap: wrap; gap: 2px; margin-inline-start: -10px; }
.chips { display: flex; flex-wrap: wrap; gap: 8px; margin: 4px 0; }
.chip, .main { min-block-size: 44px; padding: 8px 15px; border: 1px solid var(--line); border-radius: 22px; background: var(--bg); text-align: start; cursor: pointer; }
.main { background: var(--a); color: var(--on-a); border-color: transparent; font-weight: 600; }
.main:disabled, .chip:disabled { opacity: .55; cursor: default; }
.note { padding: 10px 13px; border-radius: 10px; background: var(--warn-bg); color: var(--warn); }
.note p { margin-block-end: 6px; } .note p:last-child { margin: 0; }
.quiet { color: var(--muted); font-size: 13.5px; }
.wait { display: flex; align-items: center; gap: 10px; color: var(--muted); }
.dots { display: inline-flex; gap: 4px; } .dots i { inline-size: 7px; block-size: 7px; border-radius: 50%; background: currentColor; animation: blink 1.2s infinite; }
.dots i:nth-child(2) { animation-delay: .2s; } .dots i:nth-child(3) { animation-delay: .4s; }
@keyframes blink { 50% { opacity: .25; } }
form { display: grid; gap: 8px; } form.ask { padding: 12px 14px; border-block-start: 1px solid var(--line); }
.row { display: flex; gap: 8px; align-items: flex-end; }
textarea, input { inline-size: 100%; min-block-size: 44px; padding: 10px 13px; border: 1px solid var(--muted); border-radius: 11px; background: var(--bg); resize: none; }
textarea::placeholder, input::placeholder { color: var(--muted); opacity: 1; }
.send { flex: none; inline-size: 44px; block-size: 44px; border-radius: 12px; background: var(--a); color: var(--on-a); }
.send:hover { background: var(--a); filter: brightness(1.08); }
label { display: grid; gap: 3px; font-size: 13.5px; color: var(--muted); }
.foot { display: flex; justify-content: space-between; gap: 8px; align-items: center; font-size: 13px; color: var(--muted); min-block-size: 24px; }
.plain { min-block-size: 32px; padding: 0; border: 0; background: none; color: var(--link); text-decoration: underline; cursor: pointer; }
.sr { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
:is(button, a, summary, textarea, input, [tabindex]):focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
[hidden] { display: none !important; }
:dir(rtl) .flip { scale: -1 1; }
@media (prefers-reduced-motion: reduce) { * { animation: none !important; transition: none !important; } }
@media (forced-colors: active) { .launcher, .mine, .main, .chip, .send, .cite { border: 1px solid; } }
@media print { :host { display: none !important; } }
`;

const ICONS = {
  chat: ["M21 12a8 8 0 0 1-8 8H4l2-3.5A8 8 0 1 1 21 12z", "M9 11h7M9 14h4"],
  close: ["M6 6l12 12M18 6L6 18"], clear: ["M4 7h16M10 7V4h4v3M6 7l1 13h10l1-13"],
  send: ["M4 12h15M13 6l6 6-6 6"], copy: ["M9 9h11v11H9z", "M5 15H4V4h11v1"],
  up: ["M7 11v9H4v-9zM7 11l4-8c2 0 3 1 3 3l-1 4h6c1 0 2 1 2 2l-2 7c0 1-1 1-2 1H7"],
  down: ["M7 13V4H4v9zM7 13l4 8c2 0 3-1 3-3l-1-4h6c1 0 2-1 2-2l-2-7c0-1-1-1-2-1H7"],
};
const SVG = "http://www.w3.org/2000/svg";

/** Make an element: el("p.note", {title: "…"}, "text", child). */
function el(name, about = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  const made = document.createElement(tag);
  if (classes.length) made.className = classes.join(" ");
  for (const [key, value] of Object.entries(about)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value != null) made.setAttribute(key, value);
  }
  made.append(...children.filter((each) => each != null));
  return made;
}

function icon(name, flip) {
  const made = document.createElementNS(SVG, "svg");
  made.setAttribute("viewBox", "0 0 24 24");
  made.setAttribute("aria-hidden", "true");
  if (flip) made.setAttribute("class", "flip");
  for (const line of ICONS[name]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", line);
    made.append(path);
  }
  return made;
}

function safe(url) {
  try { return new URL(url).protocol === "https:" ? url : null; } catch { return null; }
}

function link(text, url) {
  return el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, text);
}

const INLINE = /\*\*(.+?)\*\*|`([^`]+)`|\[(\d{1,3})\](?!\()|\[([^\]]+)\]\((https:[^)\s]+)\)|(https:\/\/[^\s<>)\]]*[^\s<>)\].,;:!?])/g;

function inline(text, cite) {
  const made = [];
  let last = 0;
  for (const found of text.matchAll(INLINE)) {
    made.push(text.slice(last, found.index));
    last = found.index + found[0].length;
    const [all, bold, code, number, words, url, bare] = found;
    if (bold) made.push(el("strong", {}, ...inline(bold, cite)));
    else if (code) made.push(el("code", {}, code));
    else if (number) made.push(cite(Number(number)) ?? all);
    else made.push(safe(url ?? bare) ? link(words ?? bare, url ?? bare) : all);
  }
  return [...made, text.slice(last)].filter((each) => each !== "");
}

/** Markdown as nodes: paragraphs, lists with one level below, bold, code, https links. */
function markdown(text, cite) {
  return text.split(/\n{2,}/).filter((block) => block.trim()).map((block) => {
    const lines = block.split("\n");
    if (!/^\s*- /.test(lines[0])) return el("p", {}, ...inline(lines.join(" "), cite));
    const list = el("ul");
    for (const line of lines) {
      const item = el("li", {}, ...inline(line.replace(/^\s*- /, ""), cite));
      const above = list.lastElementChild;
      if (!/^\s*- /.test(line) && above) above.append(" ", ...inline(line.trim(), cite));
      else if (/^\s+- /.test(line) && above) {
        let below = above.querySelector(":scope > ul");
        if (!below) above.append((below = el("ul")));
        below.append(item);
      } else list.append(item);
    }
    return list;
  });
}

function randomKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
}

function claims(token) {
  try {
    const part = token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/");
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(part), (c) => c.charCodeAt(0))));
  } catch { return {}; }
}

const stored = {
  get() { try { return sessionStorage.getItem(STORED); } catch { return null; } },
  set(id) { try { id ? sessionStorage.setItem(STORED, id) : sessionStorage.removeItem(STORED); } catch { /* private mode */ } },
};

/** What went wrong with a request: kind is offline, slow, busy, broken, gone or stopped. */
class Trouble extends Error {
  constructor(kind, seconds = 0) { super(kind); this.kind = kind; this.seconds = seconds; }
}

/** Talks to the API, as the visitor whom getToken proves, else as nobody. */
class Api {
  constructor(host, getToken, changed) { Object.assign(this, { host, getToken, changed }); this.forget(); }

  forget() { this.token = null; this.asking = null; this.who = undefined; this.refused = false; }

  async proof(fresh) {
    if (!this.getToken) return null;
    const left = this.token ? claims(this.token).exp - Date.now() / 1000 : 0;
    if (!fresh && this.token && left > BEFORE_EXPIRY) return this.token;
    this.asking ??= Promise.resolve().then(this.getToken).then((t) => t || null, () => null)
      .finally(() => { this.asking = null; });
    const token = await this.asking;
    const { sub, account } = token ? claims(token) : {};
    const who = token ? `${account}\n${sub}` : "";
    if (this.who !== undefined && this.who !== who) this.changed();
    this.who = who;
    return (this.token = token);
  }

  async call(method, path, { body, key, signal, etag } = {}) {
    let token = await this.proof(false);
    let reply = await this.once(method, path, token, { body, key, signal, etag });
    if (reply.status === 401 && token) {
      token = await this.proof(true);
      reply = token && await this.once(method, path, token, { body, key, signal, etag });
      if (!reply || reply.status === 401) {
        this.refused = true; this.token = null; this.getToken = null;
        if (this.who) { this.who = ""; this.changed(); }
        reply = await this.once(method, path, null, { body: body && { ...body, conversation: undefined }, key: key && randomKey(), signal, etag });
      }
    }
    if (reply.ok || reply.status === 304) return reply;
    if (reply.status === 429) throw new Trouble("busy", Number(reply.headers.get("Retry-After")) || 30);
    if (reply.status === 404) throw new Trouble("gone");
    throw new Trouble("broken");
  }

  async once(method, path, token, { body, key, signal, etag }) {
    const headers = {};
    if (body) headers["Content-Type"] = "application/json";
    if (token) headers.Authorization = `Bearer ${token}`;
    if (key) headers["Idempotency-Key"] = key;
    if (etag) headers["If-None-Match"] = etag;
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort("slow"), GIVE_UP);
    signal?.addEventListener("abort", () => abort.abort("stopped"));
    try {
      return await fetch(this.host + path, {
        method, headers, body: body && JSON.stringify(body), signal: abort.signal,
        credentials: "omit", cache: "no-store",
      });
    } catch {
      throw new Trouble(abort.signal.aborted ? abort.signal.reason : "offline");
    } finally { clearTimeout(timer); }
  }
}

class SupportBotElement extends HTMLElement {
  options = {};
  listeners = {};
  epoch = 0; // counts visitors: what comes late for an earlier one is dropped
  replies = 0;

  connectedCallback() {
    if (this.shadowRoot) return;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = [sheet];
    this.build();
    this.watchTheme();
    this.onVisible = () => { if (document.visibilityState === "visible" && this.handedOver) this.poll(true); };
    document.addEventListener("visibilitychange", this.onVisible);
  }

  configure(options) {
    const before = this.options;
    this.options = { ...before, ...options };
    const locale = this.options.locale || document.documentElement.lang || navigator.language || "en";
    this.locale = STRINGS[locale.slice(0, 2).toLowerCase()] ? locale.slice(0, 2).toLowerCase() : "en";
    if (this.options.position === "start") this.dataset.position = "start";
    if (!this.api || "getToken" in options || "host" in options) {
      this.api = new Api(this.options.host || ORIGIN, this.options.getToken, () => this.wipe());
    }
    if (this.shadowRoot) this.build();
    this.paint?.();
  }

  t(name, n) { return (STRINGS[this.locale ?? "en"][name] ?? STRINGS.en[name]).replace?.("{n}", n) ?? STRINGS[this.locale][name]; }

  emit(name, detail) { for (const fn of this.listeners[name] ?? []) { try { fn(detail); } catch (error) { console.error(error); } } }

  // ---- the frame

  build() {
    const open = this.dialog?.open;
    this.shadowRoot.replaceChildren();
    this.count = el("span.count", { hidden: true });
    this.launcher = el("button.launcher", {
      type: "button", part: "launcher", "aria-haspopup": "dialog", "aria-expanded": "false",
      onclick: () => (this.dialog.open ? this.close() : this.open()),
    }, icon("chat"), el("span", {}, this.t("launch")), this.count);
    this.log = el("div.log", { role: "log", "aria-label": this.t("title"), tabindex: "0", part: "log" });
    this.status = el("div.sr", { role: "status" });
    this.text = el("textarea", {
      rows: "1", "aria-label": this.t("placeholder"), placeholder: this.t("placeholder"),
      oninput: () => this.measure(), onkeydown: (event) => this.onKey(event),
    });
    this.counter = el("span", { hidden: true });
    this.sendButton = el("button.icon.send", { type: "submit", "aria-label": this.t("send") }, icon("send", true));
    const form = el("form.ask", { onsubmit: (event) => { event.preventDefault(); this.submit(); } },
      el("div.row", {}, this.text, this.sendButton),
      el("div.foot", {},
        el("button.plain", { type: "button", onclick: () => this.showPerson() }, this.t("person")), this.counter));
    this.dialog = el("dialog", { "aria-labelledby": "title", part: "panel", lang: this.locale,
      onkeydown: (event) => { if (event.key === "Escape") { event.preventDefault(); this.close(); } },
      oncancel: (event) => { event.preventDefault(); this.close(); },
    },
      el("div.head", { part: "header" },
        el("div.name", {}, el("h2", { id: "title" }, this.t("title")), el("small", {}, this.t("automated"))),
        el("button.icon", { type: "button", "aria-label": this.t("clear"), title: this.t("clear"), onclick: () => { this.wipe(); this.welcome(); this.text.focus(); } }, icon("clear")),
        el("button.icon", { type: "button", "aria-label": this.t("close"), title: this.t("close"), onclick: () => this.close() }, icon("close"))),
      this.log, this.status, form);
    this.shadowRoot.append(this.launcher, this.dialog);
    if (open) { this.begun = false; this.open(); }
  }

  watchTheme() {
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    this.paint = () => {
      const wanted = this.options.theme;
      const host = document.body?.dataset.mdColorScheme || document.documentElement.dataset.theme;
      const dark = wanted === "dark" || (wanted !== "light" && (host ? /slate|dark/.test(host) : scheme.matches));
      this.toggleAttribute("data-dark", dark);
    };
    scheme.addEventListener("change", this.paint);
    this.observer = new MutationObserver(this.paint);
    const watched = { attributes: true, attributeFilter: ["data-md-color-scheme", "data-theme", "class"] };
    this.observer.observe(document.documentElement, watched);
    if (document.body) this.observer.observe(document.body, watched);
    this.paint();
  }

  async open() {
    if (!this.dialog.open) PHONE.matches ? this.dialog.showModal() : this.dialog.show();
    this.launcher.setAttribute("aria-expanded", "true");
    this.unread(0);
    this.text.focus();
    this.emit("open");
    if (!this.begun) { this.begun = true; await this.begin(); }
  }

  close() {
    if (!this.dialog.open) return;
    this.dialog.close();
    this.launcher.setAttribute("aria-expanded", "false");
    this.launcher.focus();
    this.emit("close");
  }

  unread(number) {
    this.newReplies = number;
    this.count.hidden = !number;
    this.count.textContent = number || "";
    this.launcher.setAttribute("aria-label", number ? `${this.t("launch")}, ${this.t("replies", number)}` : this.t("launch"));
  }

  async begin() {
    const id = stored.get();
    if (id) {
      try {
        const told = await (await this.api.call("GET", `/v1/conversations/${encodeURIComponent(id)}`)).json();
        this.conversation = id;
        this.log.replaceChildren();
        for (const turn of told.turns) this.showTurn(turn);
        if (told.handoff) { this.showReference(told.handoff.reference); this.startPolling(); }
        return;
      } catch { stored.set(null); }
    }
    await this.welcome();
  }

  async welcome() {
    this.add(el("p", {}, this.t("hello")));
    let offered = this.options.suggestions;
    if (!offered) {
      try {
        const page = encodeURIComponent((document.querySelector("h1")?.textContent || document.title).trim().slice(0, 200));
        offered = (await (await this.api.once("GET", `/v1/suggestions?page=${page}`, null, {})).json()).suggestions;
      } catch { offered = []; }
    }
    if (offered?.length && !this.asked) this.add(this.chips(offered));
  }

  chips(texts) {
    return el("div.chips", {}, ...texts.map((text) =>
      el("button.chip", { type: "button", lang: "en", onclick: () => this.ask(text) }, text)));
  }

  add(...nodes) {
    this.log.append(...nodes);
    this.log.scrollTop = this.log.scrollHeight;
  }

  wipe() {
    this.running?.abort();
    clearTimeout(this.polling);
    this.conversation = null; this.handedOver = false; this.asked = false; this.replies = 0; this.etag = null;
    stored.set(null);
    this.log?.replaceChildren();
    if (this.status) this.status.textContent = "";
    this.unread?.(0);
  }

  // ---- asking

  onKey(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.submit();
  }

  measure() {
    const length = this.text.value.length;
    this.text.rows = Math.min(5, this.text.value.split("\n").length + Math.floor(length / 46));
    this.counter.hidden = length < COUNT_FROM;
    this.counter.textContent = length > LONGEST ? this.t("over", length - LONGEST) : this.t("left", LONGEST - length);
    this.sendButton.disabled = length > LONGEST;
  }

  submit() {
    const text = this.text.value.trim();
    if (!text || text.length > LONGEST || this.running) return;
    this.text.value = "";
    this.measure();
    this.ask(text);
  }

  async ask(text) {
    if (this.running) return;
    if (!this.dialog.open) await this.open();
    this.asked = true;
    this.log.querySelectorAll(":scope > .chips").forEach((each) => each.remove());
    this.showQuestion(text);
    this.emit("question", { text });
    await this.send({ text, key: randomKey() });
  }

  async send(question) {
    const abort = (this.running = new AbortController());
    const epoch = this.epoch;
    const row = el("div.wait", { hidden: true }, el("span.dots", { "aria-hidden": "true" }, el("i"), el("i"), el("i")));
    const words = this.api.getToken ? this.t("looking") : this.t("working");
    row.append(words);
    this.add(row);
    const shown = setTimeout(() => { row.hidden = false; this.status.textContent = words; this.add(row); }, SHOW_PROGRESS);
    const cancel = setTimeout(() => row.append(el("button.plain", { type: "button", onclick: () => abort.abort() }, this.t("cancel"))), SHOW_CANCEL);
    try {
      const was = this.api.refused;
      const reply = await this.api.call("POST", "/v1/answers", {
        body: { text: question.text, conversation: this.conversation ?? undefined }, key: question.key, signal: abort.signal,
      });
      const answer = await reply.json();
      if (this.epoch !== epoch) return; // another visitor is here by now
      if (!this.log.querySelector(".mine")) this.showQuestion(question.text); // its talk was wiped
      this.conversation = answer.conversation;
      stored.set(answer.conversation);
      this.showAnswer(answer, question);
      if (this.api.refused && !was) this.add(el("div.note", {}, this.t("signIn")));
      this.status.textContent = this.t("ready");
      this.emit("answer", { id: answer.id, outcome: answer.outcome });
    } catch (trouble) {
      if (this.epoch === epoch) this.showTrouble(trouble, question);
    } finally {
      clearTimeout(shown); clearTimeout(cancel);
      row.remove();
      if (this.running === abort) this.running = null;
    }
  }

  showTrouble(trouble, question) {
    const kind = trouble.kind ?? "broken";
    if (kind === "gone" && this.conversation) { // the conversation is no longer ours: begin another
      this.conversation = null; stored.set(null);
      this.running = null;
      return void this.send({ ...question, key: randomKey() });
    }
    this.emit("error", { kind });
    const known = { gone: "broken" }[kind] ?? kind;
    const said = el("p", {}, this.t(known, trouble.seconds));
    const again = el("button.chip", { type: "button", onclick: () => { note.remove(); this.send(question); } }, this.t("retry"));
    const note = el("div.note", { role: "alert" }, said, el("div.chips", {}, again));
    if (kind === "broken" || kind === "slow") {
      note.lastChild.append(el("button.chip", { type: "button", onclick: () => this.showPerson() }, this.t("person")));
    }
    if (kind === "busy") this.countDown(trouble.seconds, said, again);
    this.add(note);
  }

  countDown(seconds, said, again) {
    again.disabled = seconds > 0;
    if (seconds <= 0) return;
    said.textContent = this.t("busy", seconds);
    setTimeout(() => this.countDown(seconds - 1, said, again), 1000);
  }

  // ---- answers

  showTurn(turn) {
    if (turn.kind === "reply") return this.showReply(turn);
    this.showQuestion(turn.text);
    this.showAnswer(turn.answer, { text: turn.text, key: randomKey() });
  }

  showQuestion(text) {
    this.add(el("div.mine", {}, el("span.sr", {}, `${this.t("you")}: `), text));
  }

  showReply(turn) {
    this.replies += 1;
    this.add(el("article.reply", {}, el("h3", {}, this.t("personSays")), ...markdown(turn.text, () => null)));
  }

  showAnswer(answer, question) {
    const sources = this.sources(answer);
    const cite = (number) => {
      const found = answer.citations.find((each) => each.n === number);
      if (!found) return null;
      const about = found.quote ?? `${found.shown}`;
      return el("button.cite", { type: "button", title: about.slice(0, 300), "aria-label": `${this.t("sources")} ${number}`, onclick: () => {
        sources.open = true;
        const item = sources.querySelector(`[data-n="${number}"]`);
        item.focus();
        item.scrollIntoView({ block: "nearest" });
      } }, String(number));
    };
    const body = el("div", { class: answer.findings.length ? "causes" : null, lang: /^[\x00-\u024f\s\u2000-\u20ff]*$/.test(answer.text) ? "en" : null }, ...markdown(answer.text, cite));
    const made = el("article", { part: "answer" }, el("h3", {}, this.t("answer")), body);
    if (answer.suggestions.length) {
      body.querySelector("ul")?.remove();
      made.append(this.chips(answer.suggestions));
    }
    if (answer.citations.length) made.append(sources);
    if (answer.degraded.length) made.append(el("div.chips", {}, el("button.chip", { type: "button", onclick: (event) => { event.target.remove(); this.send({ ...question, key: randomKey() }); } }, this.t("retry"))));
    if (!answer.handoff && (answer.outcome === "not_covered" || answer.outcome === "out_of_scope")) {
      made.append(el("div.chips", {}, el("button.chip", { type: "button", onclick: () => this.showPerson() }, this.t("person"))));
    }
    made.append(this.tools(answer));
    this.add(made);
    const asked = answer.outcome === "handoff"; // else the answer is read first
    if (answer.handoff) this.showPerson(asked);
    if (!asked) this.log.scrollTop = (made.previousElementSibling ?? made).offsetTop - this.log.offsetTop - 12; // from its beginning
  }

  sources(answer) {
    return el("details", {},
      el("summary", {}, `${this.t("sources")} (${answer.citations.length})`),
      el("ol", {}, ...answer.citations.map((each) => el("li", { tabindex: "-1", "data-n": each.n }, `${each.n}. `, ...this.source(each)))));
  }

  source(cited) {
    if (cited.kind === "doc") {
      const base = cited.url ?? this.options.docs?.replace("{article}", cited.article).replace("{section}", cited.section);
      const url = base && safe(base.includes("#") || !cited.section ? base : `${base}#${cited.section}`);
      const title = cited.title || cited.article;
      return [el("span.kind", {}, this.t("docs")), url ? link(title, url) : title, el("blockquote", { lang: "en" }, cited.quote)];
    }
    if (cited.kind === "computed") return [el("span.kind.own", {}, this.t("sum")), el("strong", {}, cited.shown), ` = ${cited.formula}`];
    const at = new Date(cited.as_of);
    const time = el("time.asof", { datetime: cited.as_of }, ` (${this.t("asOf")} ${at.toLocaleString(this.locale, { dateStyle: "medium", timeStyle: "short" })})`);
    return [el("span.kind.own", {}, this.t("account")), `${cited.record} ${cited.field}`.replace(/_/g, " "), ": ", el("strong", {}, cited.shown), time];
  }

  tools(answer) {
    const row = el("div.tools");
    const why = el("div.chips", { hidden: true, role: "group", "aria-label": this.t("why") }, el("span.quiet", {}, this.t("why")));
    const thumb = (name, helpful) => {
      const button = el("button.icon", { type: "button", "aria-pressed": "false", "aria-label": this.t(helpful ? "good" : "bad"), title: this.t(helpful ? "good" : "bad"), onclick: () => {
        for (const each of row.querySelectorAll("[aria-pressed]")) each.setAttribute("aria-pressed", String(each === button));
        why.hidden = helpful;
        this.rate(answer.id, { helpful }, helpful);
      } }, icon(name));
      return button;
    };
    for (const [place, reason] of this.t("reasons").entries()) {
      why.append(el("button.chip", { type: "button", onclick: () => { why.hidden = true; this.rate(answer.id, { helpful: false, reason: STRINGS.en.reasons[place] }, true); } }, reason));
    }
    const copy = el("button.icon", { type: "button", "aria-label": this.t("copy"), title: this.t("copy"), onclick: async () => {
      try { await navigator.clipboard.writeText(answer.text.replace(/ ?\[\d+\]/g, "")); this.status.textContent = this.t("copied"); } catch { /* not allowed here */ }
    } }, icon("copy"));
    row.append(thumb("up", true), thumb("down", false), copy);
    return el("div", {}, row, why);
  }

  async rate(id, body, thank) {
    this.emit("feedback", { id, ...body });
    try {
      await this.api.call("POST", `/v1/answers/${id}/feedback`, { body, key: randomKey() });
      if (thank) this.status.textContent = this.t("thanks");
    } catch { this.status.textContent = this.t("broken"); }
  }

  // ---- a person

  showPerson(focus = true) {
    if (this.handedOver) return;
    this.log.querySelector("form.person")?.remove();
    const email = el("input", { type: "email", autocomplete: "email", maxlength: "320" });
    const note = el("textarea", { rows: "2", maxlength: "2000" });
    const submit = el("button.main", { type: "submit" }, this.t("submit"));
    const form = el("form.person", { onsubmit: (event) => { event.preventDefault(); this.handOver(form, email.value, note.value, submit); } },
      el("h3", {}, this.t("person")), el("p.quiet", {}, this.t("ask")),
      el("label", {}, this.t("email"), email), el("label", {}, this.t("note"), note), submit);
    this.add(form);
    if (focus) email.focus();
  }

  async handOver(form, contact, note, submit) {
    submit.disabled = true;
    const body = { contact: contact.trim() || undefined, note: note.trim() || undefined };
    try {
      if (!this.conversation) {
        const asked = await this.api.call("POST", "/v1/answers", { body: { text: "I would like to talk to a person." }, key: randomKey() });
        this.conversation = (await asked.json()).conversation;
        stored.set(this.conversation);
      }
      const reply = await this.api.call("POST", `/v1/conversations/${this.conversation}/handoff`, { body, key: randomKey() });
      const { reference } = await reply.json();
      form.remove();
      this.showReference(reference);
      this.text.focus();
      this.emit("handoff", { reference });
      this.startPolling();
    } catch (trouble) {
      submit.disabled = false;
      form.querySelector(".note")?.remove();
      form.append(el("div.note", { role: "alert" }, this.t(STRINGS.en[trouble.kind] ? trouble.kind : "broken", trouble.seconds)));
    }
  }

  showReference(reference) {
    this.handedOver = true;
    this.add(el("article.reply", {}, el("p", {}, this.t("sent", reference))));
  }

  startPolling() { this.wait = POLL[0]; this.poll(false); }

  async poll(now) {
    clearTimeout(this.polling);
    if (now && document.visibilityState === "visible") {
      try {
        const reply = await this.api.call("GET", `/v1/conversations/${this.conversation}`, { etag: this.etag });
        if (reply.status === 200) {
          this.etag = reply.headers.get("ETag");
          const { turns } = await reply.json();
          const fresh = turns.filter((turn) => turn.kind === "reply").slice(this.replies);
          for (const turn of fresh) this.showReply(turn);
          if (fresh.length) {
            this.wait = POLL[0];
            this.status.textContent = this.t("personSays");
            if (!this.dialog.open) this.unread(this.newReplies + fresh.length);
          }
        }
      } catch { /* tried again below */ }
    }
    this.polling = setTimeout(() => { this.wait = Math.min(POLL[1], this.wait * 2); this.poll(true); }, this.wait);
  }

  // ---- the outside

  identify(options = {}) {
    this.epoch += 1;
    this.wipe();
    this.api.forget();
    this.configure({ getToken: this.options.getToken, ...options });
    this.begun = false;
    if (this.dialog.open) { this.begun = true; this.welcome(); }
  }

  shutdown() {
    this.epoch += 1;
    this.wipe();
    this.api.forget();
    this.observer.disconnect();
    document.removeEventListener("visibilitychange", this.onVisible);
    this.remove();
  }
}

if (!customElements.get("support-bot")) customElements.define("support-bot", SupportBotElement);

let element = null;
const waiting = [];

function boot(options = {}) {
  element ??= document.querySelector("support-bot") ?? document.createElement("support-bot");
  const defaults = {};
  for (const name of ["site", "host", "locale", "theme", "position", "docs"]) if (attribute(name)) defaults[name] = attribute(name);
  element.configure({ ...defaults, ...options });
  for (const [name, fn] of waiting.splice(0)) (element.listeners[name] ??= []).push(fn);
  const attach = () => { if (!element.isConnected) document.body.append(element); element.emit("ready"); };
  document.body ? attach() : document.addEventListener("DOMContentLoaded", attach, { once: true });
}

const COMMANDS = {
  boot,
  open: () => element?.open(), close: () => element?.close(), ask: (text) => element?.ask(String(text)),
  identify: (options) => element?.identify(options),
  shutdown: () => { element?.shutdown(); element = null; },
  on: (name, fn) => { element ? (element.listeners[name] ??= []).push(fn) : waiting.push([name, fn]); },
};

function SupportBot(command, ...rest) {
  if (!COMMANDS[command]) throw new TypeError(`SupportBot knows no ${command}; it knows ${Object.keys(COMMANDS).join(", ")}.`);
  return COMMANDS[command](...rest);
}

const queue = window.SupportBot?.q ?? [];
const already = window.SupportBot?.loaded;
if (!already) {
  SupportBot.loaded = true;
  window.SupportBot = SupportBot;
  if (attribute("site") && ![...queue].some(([command]) => command === "boot")) boot();
  for (const call of queue) SupportBot(...call);
}
})();
