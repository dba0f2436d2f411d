// What is known of routes, asked for as VS Code asks.
const assert = require("node:assert/strict");
const vscode = require("vscode");
const { find, open, until } = require("./driver.cjs");

const ROUTES = "app/api/routes/books.py";
const READ_BOOK = "GET /books/{book_id}";

const lenses = (document) => vscode.commands.executeCommand("vscode.executeCodeLensProvider", document.uri, 50);

/** Return the titles of the lenses above a function. */
const above = (found, { line }) =>
  found.filter(({ range }) => range.start.line === line).map(({ command }) => command.title);

const names = (symbols) => symbols.flatMap(({ name, children }) => [name, ...names(children ?? [])]);

/** Return the files and lines that a provider leads to from `text`, once it leads anywhere. */
async function led(provider, document, text) {
  const position = find(document, text).translate(0, 1);
  const ask = () => vscode.commands.executeCommand(provider, document.uri, position);
  const places = await until(async () => {
    const found = await ask();
    return found.length > 0 && found;
  }, `${provider} at ${text}`);
  return Promise.all(
    places.map(async (place) => {
      const target = await vscode.workspace.openTextDocument(place.targetUri ?? place.uri);
      const { start } = place.targetSelectionRange ?? place.targetRange ?? place.range;
      return `${vscode.workspace.asRelativePath(target.uri)}: ${target.lineAt(start.line).text.trim()}`;
    }),
  );
}

module.exports = {
  async "lenses above an endpoint tell its path, its tests and its findings"() {
    const document = await open(ROUTES);
    const tested = find(document, "read_book(");
    await until(async () => above(await lenses(document), tested).includes("3 tests"), "the tests of the route");
    assert.deepEqual(above(await lenses(document), tested), [READ_BOOK, "3 tests"]);
    const shadowed = above(await lenses(document), find(document, "list_best_sellers("));
    assert.deepEqual(shadowed, ["GET /books/best-sellers", "no tests found", "1 finding"]);
  },

  async "a lens leads to the tests"() {
    const document = await open(ROUTES);
    const lens = (await lenses(document)).find(({ command }) => command.title === "3 tests");
    const [uri, , places] = lens.command.arguments;
    assert.equal(lens.command.command, "fastidious.showLocations");
    assert.equal(vscode.Uri.parse(uri).path, document.uri.path);
    assert.deepEqual(
      places.map((place) => vscode.workspace.asRelativePath(vscode.Uri.parse(place.uri))),
      ["tests/test_books.py", "tests/test_books.py", "tests/test_orders.py"],
    );
    await vscode.commands.executeCommand(lens.command.command, ...lens.command.arguments);
    await vscode.commands.executeCommand("closeReferenceSearch");
  },

  async "the outline lists routes"() {
    const document = await open(ROUTES);
    const symbols = await vscode.commands.executeCommand("vscode.executeDocumentSymbolProvider", document.uri);
    assert.ok(names(symbols).includes(READ_BOOK), names(symbols).join(", "));
  },

  async "symbols of the workspace are found by path"() {
    const symbols = await vscode.commands.executeCommand("vscode.executeWorkspaceSymbolProvider", "GET /customers/me");
    const found = symbols.find(({ name }) => name === "GET /customers/me");
    assert.equal(vscode.workspace.asRelativePath(found.location.uri), "app/api/routes/customers.py");
  },

  async "the definition of what a test requests is the endpoint"() {
    const document = await open("tests/test_books.py");
    const places = await led("vscode.executeDefinitionProvider", document, '"/books/404"');
    assert.deepEqual(places, [
      "app/api/routes/books.py: async def read_book(book_id: int, catalogue: CatalogueServiceDep) -> Book:",
    ]);
  },

  async "the references of an endpoint are the requests of tests"() {
    const document = await open(ROUTES);
    const places = await led("vscode.executeReferenceProvider", document, "read_book(");
    assert.ok(
      places.includes('tests/test_books.py: assert (await client.get("/books/404")).status_code == 404'),
      places.join("\n"),
    );
  },

  async "hover shows the card of a route"() {
    const document = await open(ROUTES);
    const position = find(document, "read_book(");
    const hovers = await vscode.commands.executeCommand("vscode.executeHoverProvider", document.uri, position);
    const text = hovers.flatMap(({ contents }) => contents.map(({ value }) => value)).join("\n");
    assert.match(text, /GET \/books\/\{book_id\}/);
    assert.match(text, /responds with: 200, `BookRead`/);
    assert.match(text, /may raise: .*`NotFoundError`/);
    assert.match(text, /tests: .*`test_unknown_book_is_reported`/);
  },
};
