/** The Python interpreter of the workspace, as the Python extension knows it if it is there. */

import * as vscode from "vscode";

/** Interpreter that is active for a folder, and the news that another one is. */
export interface Interpreters {
  /** Return the absolute path of the interpreter for `folder`. */
  active(folder: vscode.Uri | undefined): Promise<string | undefined>;
  /** Fires when another interpreter became active. */
  readonly onDidChange: vscode.Event<void>;
}

/** The part of the Python extension's interface that is used here. */
interface PythonExtension {
  readonly ready?: Promise<void>;
  readonly environments: {
    getActiveEnvironmentPath(resource?: vscode.Uri): { readonly path: string };
    resolveEnvironment(environment: { readonly path: string }): Promise<PythonEnvironment | undefined>;
    readonly onDidChangeActiveEnvironmentPath: vscode.Event<unknown>;
  };
}

interface PythonEnvironment {
  readonly executable: { readonly uri?: vscode.Uri };
}

const PYTHON_EXTENSION = "ms-python.python";

/** Interpreters of the Python extension; without that extension there are none. */
export class PythonExtensionInterpreters implements Interpreters, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly disposables: vscode.Disposable[] = [this.changed];
  private api: Promise<PythonExtension | undefined> | undefined;
  readonly onDidChange = this.changed.event;

  constructor(private readonly log: Pick<vscode.LogOutputChannel, "warn">) {}

  /** Return the absolute path of the interpreter for `folder`. */
  async active(folder: vscode.Uri | undefined): Promise<string | undefined> {
    try {
      const environments = (await this.connected())?.environments;
      const found = await environments?.resolveEnvironment(environments.getActiveEnvironmentPath(folder));
      return found?.executable.uri?.fsPath;
    } catch (error) {
      this.log.warn(`The Python extension did not name an interpreter: ${error}`);
      return undefined;
    }
  }

  /** Listen no longer. */
  dispose(): void {
    for (const disposable of this.disposables.splice(0)) {
      disposable.dispose();
    }
  }

  /** The Python extension may be installed later, so its absence is not remembered. */
  private connected(): Promise<PythonExtension | undefined> {
    const extension = vscode.extensions.getExtension<PythonExtension>(PYTHON_EXTENSION);
    if (extension !== undefined) {
      this.api ??= this.connect(extension);
    }
    return this.api ?? Promise.resolve(undefined);
  }

  private async connect(extension: vscode.Extension<PythonExtension>): Promise<PythonExtension> {
    const api = await extension.activate();
    await api.ready;
    this.disposables.push(api.environments.onDidChangeActiveEnvironmentPath(() => this.changed.fire()));
    return api;
  }
}
