"use strict";
const token = new URLSearchParams(location.search).get("token");
const most = Number(document.querySelector(".marking").dataset.most);
const answers = [...document.querySelectorAll(".answer")];
const find = (answer, part) => answer.querySelector(part);
const waits = (answer) => !answer.classList.contains("good");

function say(answer, text) {
  find(answer, ".state").textContent = text;
}
function count() {
  const left = answers.filter(waits).length;
  const words = left ? `${left} of ${answers.length} to be marked` : "All are marked.";
  document.getElementById("left").textContent = words;
}
function showLines(answer) {
  // A line of the rubric is pressed by hand only; points typed otherwise release all.
  const pressed = [...answer.querySelectorAll(".line[aria-pressed=true]")];
  const sum = pressed.reduce((total, line) => total + Number(line.dataset.points), 0);
  if (sum !== Number(find(answer, ".points").value)) {
    for (const line of pressed) line.setAttribute("aria-pressed", "false");
  }
}
function setPoints(answer, value) {
  find(answer, ".points").value = Math.min(most, Math.max(0, value));
  say(answer, "not saved yet");
}
function toggle(answer, line) {
  line.setAttribute("aria-pressed", String(line.getAttribute("aria-pressed") !== "true"));
  const pressed = answer.querySelectorAll(".line[aria-pressed=true]");
  setPoints(answer, [...pressed].reduce((total, one) => total + Number(one.dataset.points), 0));
}
function offer(comment) {
  if (!comment) return;
  for (const list of document.querySelectorAll(".again")) {
    if ([...list.options].some((option) => option.value === comment)) continue;
    list.append(new Option(comment));
  }
}
async function save(answer) {
  const field = find(answer, ".points");
  if (!field.checkValidity() || field.validity.badInput) {
    say(answer, `points are between 0 and ${most}, in halves`);
    return false;
  }
  const comment = find(answer, ".comment").value;
  const points = field.value === "" ? null : Number(field.value);
  say(answer, "saving …");
  try {
    const answered = await fetch("/mark", {
      method: "PUT",
      headers: { "Content-Type": "application/json", "X-Token": token },
      body: JSON.stringify({ id: answer.dataset.id, points, comment }),
    });
    if (!answered.ok) throw new Error((await answered.json()).error);
  } catch (error) {
    say(answer, `not saved: ${error.message}`);
    return false;
  }
  answer.classList.toggle("good", points !== null);
  say(answer, points === null ? "saved without points" : "saved");
  offer(comment);
  count();
  return true;
}
async function saveAll(answer) {
  const alike = [...answer.closest(".group").querySelectorAll(".answer")];
  for (const other of alike.filter((one) => one !== answer && waits(one))) {
    find(other, ".points").value = find(answer, ".points").value;
    find(other, ".comment").value = find(answer, ".comment").value;
    if (!(await save(other))) return false;
  }
  return save(answer);
}
function move(answer, step) {
  const next = answers[answers.indexOf(answer) + step];
  if (next) next.focus();
}
function nextWaiting(answer) {
  const place = answers.indexOf(answer);
  const next = [...answers.slice(place + 1), ...answers.slice(0, place)].find(waits);
  (next || answer).focus();
}
function onKey(answer, event) {
  const lines = answer.querySelectorAll(".line");
  const known = {
    0: () => setPoints(answer, 0),
    f: () => setPoints(answer, most),
    p: () => find(answer, ".points").select(),
    c: () => find(answer, ".comment").focus(),
    r: () => find(answer, ".again").focus(),
    j: () => move(answer, 1),
    k: () => move(answer, -1),
    a: async () => (await saveAll(answer)) && nextWaiting(answer),
    Enter: async () => (await save(answer)) && nextWaiting(answer),
  };
  const line = lines[Number(event.key) - 1];
  const action = line ? () => toggle(answer, line) : known[event.key];
  if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  action();
  if (event.key in { 0: 1, f: 1 }) showLines(answer);
}
for (const answer of answers) {
  answer.addEventListener("keydown", (event) => {
    if (event.key === "Escape") answer.focus();
    else if (event.target === answer) onKey(answer, event);
    else if (event.key === "Enter" && event.target.matches(".points")) {
      save(answer).then((saved) => saved && nextWaiting(answer));
    } else if (event.key === "Enter" && event.ctrlKey) {
      save(answer).then((saved) => saved && nextWaiting(answer));
    }
  });
  for (const line of answer.querySelectorAll(".line")) {
    line.addEventListener("click", () => toggle(answer, line));
  }
  find(answer, ".points").addEventListener("input", () => {
    showLines(answer);
    say(answer, "not saved yet");
  });
  find(answer, ".comment").addEventListener("input", () => say(answer, "not saved yet"));
  find(answer, ".again").addEventListener("change", (event) => {
    if (!event.target.value) return;
    find(answer, ".comment").value = event.target.value;
    event.target.value = "";
    say(answer, "not saved yet");
    answer.focus();
  });
  find(answer, ".save").addEventListener("click", () => save(answer));
  find(answer, ".all")?.addEventListener("click", () => saveAll(answer));
}
window.addEventListener("beforeunload", (event) => {
  const open = (answer) => find(answer, ".state").textContent.startsWith("not saved");
  if (answers.some(open)) event.preventDefault();
});
answers.find(waits)?.focus();
