/** Entry of the extension: puts its parts together. */

import * as vscode from "vscode";
import { ClientConnection, type Connection } from "./client";
import { registerCommands } from "./commands";
import { VirtualDocuments } from "./documents";
import { PrivateEnvironment } from "./environment";
import { showGuide } from "./guides";
import { installServer } from "./installer";
import { PythonExtensionInterpreters } from "./interpreter";
import { Logs } from "./log";
import { type Manifest, serverKeys } from "./manifest";
import { offerUpdate, offerWays } from "./offers";
import { interpretersToTry } from "./python";
import { isServer, type Missing, resolveServer, type Server } from "./resolution";
import { SECTION } from "./settings";
import { Status } from "./status";
import { Supervisor } from "./supervisor";
import { currentSettings, Workspace } from "./workspace";

let supervisor: Supervisor | undefined;

/** Start the server and everything around it. */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const parts = new Parts(context);
  supervisor = parts.supervisor;
  context.subscriptions.push(...parts.disposables, ...parts.listen());
  await parts.supervisor.reconsider();
}

/** Stop the server. */
export async function deactivate(): Promise<void> {
  await supervisor?.stop();
}

/** The parts of the extension, each of which knows only what it is given. */
class Parts {
  readonly supervisor: Supervisor;
  readonly disposables: vscode.Disposable[];
  private readonly logs = new Logs();
  private readonly status = new Status();
  private readonly documents = new VirtualDocuments();
  private readonly interpreters = new PythonExtensionInterpreters(this.logs.extension);
  private readonly environment: PrivateEnvironment;
  private readonly workspace: Workspace;
  private readonly keys: readonly string[];
  private updateOffered = false;

  constructor(context: vscode.ExtensionContext) {
    const bundled = vscode.Uri.joinPath(context.extensionUri, "bundled").fsPath;
    this.environment = new PrivateEnvironment(context.globalStorageUri.fsPath, bundled);
    this.workspace = new Workspace(this.interpreters, this.environment.server);
    this.keys = serverKeys(context.extension.packageJSON as Manifest);
    this.supervisor = this.createSupervisor();
    this.disposables = [this.logs, this.status, this.documents, this.interpreters, this.createCommands()];
  }

  /** React to what changes which server is to be run. */
  listen(): vscode.Disposable[] {
    const reconsider = (): Promise<void> => this.supervisor.reconsider();
    const keys = ["enable", "path", "interpreter", "importStrategy"].map((key) => `${SECTION}.${key}`);
    return [
      this.interpreters.onDidChange(reconsider),
      vscode.workspace.onDidGrantWorkspaceTrust(reconsider),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (keys.some((key) => change.affectsConfiguration(key))) {
          void reconsider();
        }
      }),
    ];
  }

  private createSupervisor(): Supervisor {
    return new Supervisor({
      isEnabled: () => currentSettings().enable,
      resolve: () => this.resolve(),
      connect: (server) => this.connect(server),
      show: (condition) => this.status.show(condition),
      reportMissing: (missing) => offerWays(missing, currentSettings().showNotifications),
      log: (line) => this.logs.extension.info(line),
    });
  }

  private async resolve(): Promise<Server | Missing> {
    const found = await resolveServer(this.workspace);
    const isPrivate = isServer(found) && found.origin === "private environment";
    if (isPrivate && !this.updateOffered && (await this.environment.isOutdated())) {
      this.updateOffered = true;
      void offerUpdate();
    }
    return found;
  }

  private connect(server: Server): Connection {
    return new ClientConnection(server, {
      channel: this.logs.server,
      keys: this.keys,
      notifications: () => currentSettings().showNotifications,
      track: (token, activity) => this.status.track(token, activity),
      explain: async (rule) => {
        const { connection } = this.supervisor;
        await (connection && showGuide(connection, this.documents, rule));
      },
    });
  }

  private createCommands(): vscode.Disposable {
    return registerCommands({
      supervisor: this.supervisor,
      logs: this.logs,
      documents: this.documents,
      install: () =>
        installServer({
          environment: this.environment,
          log: this.logs.extension,
          interpreters: () => interpretersToTry(this.workspace),
          stop: () => this.supervisor.stop(),
          restart: () => this.supervisor.restart(),
        }),
    });
  }
}
