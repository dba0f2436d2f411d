/** Documents that the extension cares for, and those that it shows itself. */

import * as vscode from "vscode";

/** Python code that is reviewed. */
export const PYTHON = [
  { scheme: "file", language: "python" },
  { scheme: "untitled", language: "python" },
];

/** Everything that the server is told about: code, and the files that configure the review. */
export const SELECTOR = [
  ...PYTHON,
  { scheme: "file", pattern: "**/pyproject.toml" },
  { scheme: "file", pattern: "**/fastidious.toml" },
];

const SCHEME = "fastidious";

/** Read-only documents that are shown and never stored. */
export class VirtualDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly texts = new Map<string, string>();
  private readonly registration: vscode.Disposable;
  readonly onDidChange = this.changed.event;

  constructor() {
    this.registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  }

  /** Return the text of a document. */
  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.path) ?? "This page is gone. Ask for it again from the command palette.\n";
  }

  /** Show Markdown as it is meant to be read. */
  async showRendered(name: string, markdown: string): Promise<void> {
    await vscode.commands.executeCommand("markdown.showPreview", this.hold(`${name}.md`, markdown));
  }

  /** Show Markdown as text that can be copied into a report. */
  async showSource(name: string, markdown: string): Promise<void> {
    const document = await vscode.workspace.openTextDocument(this.hold(`${name}.md`, markdown));
    await vscode.window.showTextDocument(document, { preview: true });
  }

  /** Provide no more documents. */
  dispose(): void {
    this.registration.dispose();
    this.changed.dispose();
  }

  private hold(name: string, text: string): vscode.Uri {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${name}` });
    this.texts.set(uri.path, text);
    this.changed.fire(uri);
    return uri;
  }
}
