/* The host leads a signed-in visitor here with an identity token behind the #, which no server sees. */
const nonce = location.pathname.split("/").pop();
const token = location.hash.slice(1);
history.replaceState(null, "", location.pathname);

const about = document.getElementById("about");
const confirmed = document.getElementById("confirm");

async function call(method) {
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  return fetch(`/v1/slack/links/${encodeURIComponent(nonce)}`, { method, headers, credentials: "omit", cache: "no-store" });
}

async function show() {
  if (!token) return say("Open this link from your account's page, where you are signed in.");
  const reply = await call("GET");
  if (reply.status === 401) return say("Your sign-in has run out. Open the link again from your account's page.");
  if (!reply.ok) return say("This link was used already, or is older than ten minutes. Ask for a new one in Slack with /billing link.");
  const told = await reply.json();
  for (const name of ["team", "user", "account"]) document.getElementById(name).textContent = told[name];
  for (const id of ["who", "warning", "confirm"]) document.getElementById(id).hidden = false;
  say("Is this you?");
}

function say(text) { about.textContent = text; }

confirmed.addEventListener("click", async () => {
  confirmed.disabled = true;
  const reply = await call("POST");
  confirmed.hidden = true;
  say(reply.ok ? "Done. You can close this page and go on in Slack." : "This link was used already, or is too old. Ask for a new one in Slack with /billing link.");
});

show().catch(() => say("This page could not be reached. Try again in a minute."));
