/* What a site's own script does: boot the widget, and give it a token of whoever is signed in. */
window.SupportBot ??= (...call) => (SupportBot.q ??= []).push(call);

const chosen = document.getElementById("account");

async function getToken() {
  if (!chosen.value) return null;
  const reply = await fetch(`/widget/demo/token?account=${encodeURIComponent(chosen.value)}`);
  return reply.ok ? reply.text() : null;
}

fetch("/widget/demo/accounts").then((reply) => reply.json()).then((accounts) => {
  const wanted = new URLSearchParams(location.search).get("account");
  for (const { id, name } of accounts) {
    chosen.add(new Option(name, id, false, id === wanted));
  }
  SupportBot("boot", { site: "demo", getToken });
});

chosen.addEventListener("change", () => SupportBot("identify"));
document.getElementById("try").addEventListener("click", (event) => {
  if (event.target.matches("button")) SupportBot("ask", event.target.textContent);
});
