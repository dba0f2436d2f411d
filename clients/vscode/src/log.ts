/** Output channels: what the extension does, and what the server says. */

import * as vscode from "vscode";

/** The two channels. */
export class Logs implements vscode.Disposable {
  /** What the extension does. */
  readonly extension = vscode.window.createOutputChannel("Fastidious", { log: true });
  /** What the server says, and the trace of its messages at level Trace. */
  readonly server = vscode.window.createOutputChannel("Fastidious Server", { log: true });

  /** Close both. */
  dispose(): void {
    this.extension.dispose();
    this.server.dispose();
  }
}
