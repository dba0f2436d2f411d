// A review as its reader meets it.
const assert = require("node:assert/strict");
const vscode = require("vscode");
const { codes, file, open, ours, reported, servers, set, silent, until } = require("./driver.cjs");

module.exports = {
  async "the extension is active"() {
    const extension = vscode.extensions.getExtension("fastidious.fastidious");
    await extension.activate();
    assert.equal(extension.isActive, true);
  },

  async "a finding is there once, with its name and a link to its guide"() {
    const document = await open("app/clients/payments.py");
    await reported(document, "blocking-call-in-async");
    const found = vscode.languages.getDiagnostics(document.uri);
    assert.deepEqual(codes(document), ["blocking-call-in-async"]);
    assert.equal(found[0].source, "fastidious");
    assert.equal(document.getText(found[0].range), "time.sleep(BACKOFF_SECONDS * attempt)");
  },

  async "what is typed is reviewed, also behind an emoji"() {
    const document = await open("app/domain/isbn.py");
    const edit = new vscode.WorkspaceEdit();
    const code = "\n\nasync def rest() -> None:\n    import time; label = '🐌'; time.sleep(1)\n";
    edit.insert(document.uri, document.lineAt(document.lineCount - 1).range.end, code);
    await vscode.workspace.applyEdit(edit);
    await reported(document, "blocking-call-in-async");
    const finding = vscode.languages
      .getDiagnostics(document.uri)
      .find(({ code: found }) => (found.value ?? found) === "blocking-call-in-async");
    assert.equal(document.getText(finding.range), "time.sleep(1)");
  },

  async "hover says why"() {
    const document = await open("app/clients/payments.py");
    const [finding] = vscode.languages.getDiagnostics(document.uri);
    const hovers = await vscode.commands.executeCommand(
      "vscode.executeHoverProvider",
      document.uri,
      finding.range.start,
    );
    assert.match(hovers.flatMap(({ contents }) => contents.map(({ value }) => value)).join("\n"), /event loop/);
  },

  async "a quick fix is applied"() {
    const document = await open("app/clients/payments.py");
    const [finding] = vscode.languages.getDiagnostics(document.uri);
    const actions = await vscode.commands.executeCommand(
      "vscode.executeCodeActionProvider",
      document.uri,
      finding.range,
      "quickfix",
      10,
    );
    const fix = actions.find(({ isPreferred }) => isPreferred);
    assert.equal(await vscode.workspace.applyEdit(fix.edit), true);
    assert.match(document.getText(), /await asyncio\.sleep\(BACKOFF_SECONDS \* attempt\)/);
    await silent(document, "blocking-call-in-async");
    await vscode.commands.executeCommand("workbench.action.files.revert");
    await reported(document, "blocking-call-in-async");
  },

  async "the command fixes all that is safe to fix in a file"() {
    const document = await open("app/clients/payments.py");
    await vscode.commands.executeCommand("fastidious.fixFile");
    await until(() => document.getText().includes("await asyncio.sleep"), "the fixed text");
    await vscode.commands.executeCommand("workbench.action.files.revert");
  },

  async "a setting holds at once, and defaults do not hide those of the project"() {
    const document = await open("app/clients/payments.py");
    await reported(document, "blocking-call-in-async");
    await set("ignore", ["blocking-call-in-async"]);
    await silent(document, "blocking-call-in-async");
    await set("ignore", undefined);
    await reported(document, "blocking-call-in-async");
  },

  async "a restart brings the findings back"() {
    const document = await open("app/clients/payments.py");
    await vscode.commands.executeCommand("fastidious.restart");
    await reported(document, "blocking-call-in-async");
  },

  async "restarts that are asked for at once end with one server"() {
    const document = await open("app/clients/payments.py");
    await Promise.all([1, 2, 3, 4].map(() => vscode.commands.executeCommand("fastidious.restart")));
    await reported(document, "blocking-call-in-async");
    assert.equal(servers().length, 1);
    assert.deepEqual(codes(document), ["blocking-call-in-async"]);
  },

  async "a server that crashes comes back"() {
    const document = await open("app/clients/payments.py");
    await reported(document, "blocking-call-in-async");
    const [crashed] = await until(() => servers().length === 1 && servers(), "one server");
    process.kill(crashed, "SIGKILL");
    await until(() => servers().length === 1 && servers()[0] !== crashed, "another server");
    await reported(document, "blocking-call-in-async");
  },

  async "places of a code lens are shown"() {
    const document = await open("app/main.py");
    const position = { line: 0, character: 0 };
    const locations = [{ uri: document.uri.toString(), range: { start: position, end: position } }];
    await vscode.commands.executeCommand("fastidious.showLocations", document.uri.toString(), position, locations);
    await vscode.commands.executeCommand("closeReferenceSearch");
  },

  async "the server tells of itself in a document that can be copied"() {
    await vscode.commands.executeCommand("fastidious.openDebugInformation");
    const { document } = vscode.window.activeTextEditor;
    assert.equal(document.uri.scheme, "fastidious");
    assert.match(document.getText(), /Python/);
    await vscode.commands.executeCommand("workbench.action.closeActiveEditor");
  },

  async "the guide of a rule is shown as it is meant to be read"() {
    await vscode.commands.executeCommand("fastidious.explainRule", "sql-injection");
    const shown = () => vscode.window.tabGroups.activeTabGroup.activeTab?.label ?? "";
    await until(() => shown().includes("sql-injection"), "the guide");
    await vscode.commands.executeCommand("workbench.action.closeActiveEditor");
  },

  async "a baseline takes the findings of today as known"() {
    const document = await open("app/clients/payments.py");
    await reported(document, "blocking-call-in-async");
    await vscode.commands.executeCommand("fastidious.createBaseline");
    await silent(document, "blocking-call-in-async");
    const baseline = file(".fastidious-baseline.json");
    await vscode.workspace.fs.delete(baseline);
    await reported(document, "blocking-call-in-async");
  },

  async "who switches the extension off has no findings, and has them again"() {
    const document = await open("app/clients/payments.py");
    await set("enable", false);
    await silent(document, "blocking-call-in-async");
    await set("enable", undefined);
    await reported(document, "blocking-call-in-async");
  },

  async "a document that is stored nowhere is reviewed, and forgotten when it is closed"() {
    await vscode.commands.executeCommand("fastidious.openSample");
    const { document } = vscode.window.activeTextEditor;
    await reported(document, "sql-injection");
    await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
    await until(() => codes(document).length === 0, "no findings of a closed document");
  },

  async "a mistake in pyproject.toml is shown where it is"() {
    const document = await open("pyproject.toml");
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(document.lineCount, 0), '\n[tool.fastidious]\nprofile = "strict"\n');
    await vscode.workspace.applyEdit(edit);
    await document.save();
    const [finding] = await until(() => ours(document).length > 0 && ours(document), "the mistake");
    assert.match(document.lineAt(finding.range.start.line).text, /profile/);
    await vscode.commands.executeCommand("undo");
    await document.save();
    await until(() => ours(document).length === 0, "no mistake any more");
  },
};

