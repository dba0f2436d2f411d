/** Connection to one server. */

import type { ChildProcess } from "node:child_process";
import * as vscode from "vscode";
import {
  CloseAction,
  type ConfigurationParams,
  type ErrorHandler,
  ExecuteCommandRequest,
  LanguageClient,
  type LanguageClientOptions,
  type Middleware,
  RevealOutputChannelOn,
  ShowMessageNotification,
  State,
  type WorkDoneProgressBegin,
  type WorkDoneProgressEnd,
  type WorkDoneProgressReport,
} from "vscode-languageclient/node";
import { SELECTOR } from "./documents";
import { notify } from "./notifications";
import { start } from "./programs";
import type { Server } from "./resolution";
import { chosenSettings, type Notifications, SECTION } from "./settings";

/** Command of this extension that code lenses of the server may use. */
export const SHOW_LOCATIONS = "fastidious.showLocations";
/** Command of the server that returns the guide of a rule; it is answered by showing that guide. */
export const EXPLAIN_RULE = "fastidious.explainRule";

/** What a connection needs from the rest of the extension. */
export interface Surroundings {
  readonly channel: vscode.LogOutputChannel;
  /** Keys of the settings that the server knows. */
  readonly keys: readonly string[];
  /** Return how grave a message of the server must be for a pop-up. */
  notifications(): Notifications;
  /** Show that the server is busy with `activity`, or no longer if there is none. */
  track(token: string | number, activity: string | undefined): void;
  /** Show the guide of a rule. */
  explain(rule: string): Promise<void>;
}

/** Running server, as the rest of the extension sees it. */
export interface Connection {
  /** Version of the server, once it runs. */
  readonly version: string;
  /** Fires with true when the server runs and with false when it stopped. */
  readonly onDidChangeRunning: vscode.Event<boolean>;
  /** Start the server and wait until it has answered. */
  start(): Promise<void>;
  /** Stop the server, also while it starts. */
  stop(): Promise<void>;
  /** Have the server carry out a command and return its answer. */
  execute(command: string, ...args: unknown[]): Promise<unknown>;
  /** Tell whether the server has a command. */
  offers(command: string): boolean;
}

/** Connection through the standard streams of a process. */
export class ClientConnection implements Connection {
  private readonly client: LanguageClient;
  private readonly running = new vscode.EventEmitter<boolean>();
  private process: ChildProcess | undefined;
  private isStopping = false;
  readonly onDidChangeRunning = this.running.event;

  constructor(
    private readonly server: Server,
    surroundings: Surroundings,
  ) {
    const launch = (): Promise<ChildProcess> => this.launch();
    const options = { ...clientOptions(surroundings), errorHandler: this.errorHandler() };
    this.client = new LanguageClient(SECTION, "Fastidious", launch, options);
    this.client.onNotification(ShowMessageNotification.type, (message) =>
      notify(message, surroundings.notifications(), surroundings.channel),
    );
    this.client.onDidChangeState(({ newState }) => this.follow(newState));
  }

  get version(): string {
    return this.client.initializeResult?.serverInfo?.version ?? "";
  }

  async start(): Promise<void> {
    await this.client.start();
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    try {
      if (this.client.state === State.Running) {
        await this.client.stop();
      }
    } finally {
      this.process?.kill();
      this.running.dispose();
      await this.client.dispose().catch(() => undefined);
    }
  }

  async execute(command: string, ...args: unknown[]): Promise<unknown> {
    return this.client.sendRequest(ExecuteCommandRequest.type, { command, arguments: args });
  }

  offers(command: string): boolean {
    const commands = this.client.initializeResult?.capabilities.executeCommandProvider?.commands;
    return commands?.includes(command) ?? false;
  }

  private async launch(): Promise<ChildProcess> {
    this.process = await start(this.server);
    return this.process;
  }

  /** A server that crashes is started again by the client's own policy, one that was stopped is not. */
  private errorHandler(): ErrorHandler {
    let handler: ErrorHandler | undefined;
    const usual = (): ErrorHandler => {
      handler ??= this.client.createDefaultErrorHandler();
      return handler;
    };
    return {
      error: (error, message, count) => usual().error(error, message, count),
      closed: () => (this.isStopping ? { action: CloseAction.DoNotRestart, handled: true } : usual().closed()),
    };
  }

  private follow(state: State): void {
    if (state !== State.Starting) {
      this.running.fire(state === State.Running);
    }
  }
}

/** Return the options of a client. */
export function clientOptions(surroundings: Surroundings): LanguageClientOptions {
  return {
    documentSelector: SELECTOR,
    outputChannel: surroundings.channel,
    traceOutputChannel: surroundings.channel,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    initializationOptions: () => ({
      ...chosenSettings(vscode.workspace.getConfiguration(SECTION), surroundings.keys),
      clientCommands: [SHOW_LOCATIONS],
    }),
    diagnosticPullOptions: { onChange: true, onSave: true, onFocus: true, onTabs: true },
    markdown: { isTrusted: { enabledCommands: [EXPLAIN_RULE] } },
    middleware: middleware(surroundings),
  };
}

function middleware(surroundings: Surroundings): Middleware {
  return {
    workspace: { configuration: (params) => configurations(params, surroundings.keys) },
    executeCommand: async (command, args, next) => {
      const [rule] = args as readonly unknown[];
      return command === EXPLAIN_RULE && typeof rule === "string" ? surroundings.explain(rule) : next(command, args);
    },
    handleWorkDoneProgress: (token, params, next) => {
      surroundings.track(token, activityOf(params));
      next(token, params);
    },
  };
}

function configurations(params: ConfigurationParams, keys: readonly string[]): unknown[] {
  return params.items.map(({ section, scopeUri }) => {
    const scope = scopeUri === undefined ? null : vscode.Uri.parse(scopeUri);
    const configuration = vscode.workspace.getConfiguration(section, scope);
    return section === SECTION ? chosenSettings(configuration, keys) : { ...configuration };
  });
}

/** Return what a report of progress says, or nothing at its end. */
export function activityOf(
  params: WorkDoneProgressBegin | WorkDoneProgressReport | WorkDoneProgressEnd,
): string | undefined {
  switch (params.kind) {
    case "begin":
      return [params.title, params.message].filter(Boolean).join(" ");
    case "report":
      return params.message ?? "working";
    case "end":
      return undefined;
  }
}
