// What settings change, and what helps to write them.
const assert = require("node:assert/strict");
const vscode = require("vscode");
const { codes, file, find, open, reported, set, silent, until } = require("./driver.cjs");

const CLOSED = { uri: file("app/core/security.py") };

async function debugInformation() {
  await vscode.commands.executeCommand("fastidious.openDebugInformation");
  const text = vscode.window.activeTextEditor.document.getText();
  await vscode.commands.executeCommand("workbench.action.closeActiveEditor");
  return text;
}

async function hints(document) {
  const whole = new vscode.Range(0, 0, document.lineCount, 0);
  const found = await vscode.commands.executeCommand("vscode.executeInlayHintProvider", document.uri, whole);
  return found.map(({ label }) => (typeof label === "string" ? label : label.map(({ value }) => value).join("")));
}

module.exports = {
  async "VS Code asks for diagnostics, which nobody sends it"() {
    assert.match(await debugInformation(), /^- diagnostics: pull$/m);
  },

  async "names of rules are completed in pyproject.toml"() {
    const document = await open("pyproject.toml");
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(document.lineCount, 0), '\n[tool.fastidious]\nignore = ["blocking-"]\n');
    await vscode.workspace.applyEdit(edit);
    const position = find(document, '"blocking-"').translate(0, '"blocking-'.length);
    const offered = await until(async () => {
      const list = await vscode.commands.executeCommand("vscode.executeCompletionItemProvider", document.uri, position);
      const labels = list.items.map(({ label }) => label.label ?? label);
      return labels.includes("blocking-call-in-async") && labels;
    }, "names of rules");
    assert.ok(offered.includes("blocking-file-io-in-async"), offered.join(", "));
    await vscode.commands.executeCommand("workbench.action.files.revert");
  },

  async "lenses can be switched off"() {
    const document = await open("app/api/routes/books.py");
    const lenses = () => vscode.commands.executeCommand("vscode.executeCodeLensProvider", document.uri);
    await until(async () => (await lenses()).length > 0, "lenses");
    await set("codeLens", false);
    await until(async () => (await lenses()).length === 0, "no lenses");
    await set("codeLens", undefined);
    await until(async () => (await lenses()).length > 0, "lenses again");
  },

  async "return types are shown to those who want to see them"() {
    const document = await open("app/domain/isbn.py");
    assert.deepEqual(await hints(document), []);
    await set("returnTypeHints", true);
    await until(async () => (await hints(document)).includes("-> str"), "the return type");
    await set("returnTypeHints", undefined);
    await until(async () => (await hints(document)).length === 0, "no hints");
  },

  async "findings of files that are not open are shown in workspace mode, and only there"() {
    assert.deepEqual(codes(CLOSED), []);
    await set("diagnosticMode", "workspace");
    await reported(CLOSED, "jwt-without-expiration");
    assert.equal(
      vscode.workspace.textDocuments.some(({ uri }) => uri.path === CLOSED.uri.path),
      false,
    );
    await set("diagnosticMode", undefined);
    await silent(CLOSED, "jwt-without-expiration");
  },
};
