// What the claims do in VS Code, and wait for.
const assert = require("node:assert/strict");
const fs = require("node:fs");
const vscode = require("vscode");

const PATIENCE = 60_000;

/** Wait until `holds` returns something. */
async function until(holds, what) {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const found = await holds();
    if (found) {
      return found;
    }
    assert.ok(Date.now() < end, `not in time: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function open(name) {
  const document = await vscode.workspace.openTextDocument(file(name));
  await vscode.window.showTextDocument(document);
  return document;
}

const codes = ({ uri }) =>
  vscode.languages.getDiagnostics(uri).map(({ code }) => (typeof code === "object" ? code.value : code));

const reported = (document, rule) => until(() => codes(document).includes(rule), `${rule} is reported`);
const silent = (document, rule) => until(() => !codes(document).includes(rule), `${rule} is not reported`);

/** Return the processes of the servers that this extension host started. */
function servers() {
  const children = fs.readFileSync(`/proc/self/task/${process.pid}/children`, "utf8").trim().split(" ");
  return children.filter((child) => commandLine(child).includes("fastidious\0server")).map(Number);
}

function commandLine(process) {
  try {
    return fs.readFileSync(`/proc/${process}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

const set = (key, value) =>
  vscode.workspace.getConfiguration("fastidious").update(key, value, vscode.ConfigurationTarget.Workspace);

const ours = ({ uri }) => vscode.languages.getDiagnostics(uri).filter(({ source }) => source === "fastidious");

/** Return a file of the workspace. */
function file(name) {
  return vscode.Uri.joinPath(vscode.workspace.workspaceFolders[0].uri, name);
}

/** Return the position of the first letter of `text`. */
function find(document, text) {
  const offset = document.getText().indexOf(text);
  assert.ok(offset >= 0, `${text} is in the text`);
  return document.positionAt(offset);
}

module.exports = { codes, file, find, open, ours, reported, servers, set, silent, until };
