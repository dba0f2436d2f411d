/** Stand-in for `vscode-languageclient/node`, which loads `vscode` past the alias; a client is always well. */

import { vi } from "vitest";

export { ExecuteCommandRequest, MessageType, ShowMessageNotification } from "vscode-languageserver-protocol";

/** What is done after a connection closed; the values are those of the client. */
export enum CloseAction {
  DoNotRestart = 1,
  Restart = 2,
}

/** When an output channel is shown; the values are those of the client. */
export enum RevealOutputChannelOn {
  Never = 4,
}

/** State of a client; the values are those of the client. */
export enum State {
  Stopped = 1,
  Running = 2,
  Starting = 3,
}

/** Client that notes what is asked of it. */
export class LanguageClient {
  static readonly all: LanguageClient[] = [];
  state = State.Stopped;
  readonly initializeResult = { serverInfo: { version: "1.0" } };
  readonly stop = vi.fn(async () => this.change(State.Stopped));
  readonly dispose = vi.fn(async () => undefined);
  readonly start = vi.fn(async () => this.change(State.Running));
  readonly onNotification = vi.fn();
  private listener: (change: { newState: State }) => void = () => undefined;

  constructor() {
    LanguageClient.all.push(this);
  }

  onDidChangeState(listener: (change: { newState: State }) => void): void {
    this.listener = listener;
  }

  private change(newState: State): void {
    this.state = newState;
    this.listener({ newState });
  }
}
