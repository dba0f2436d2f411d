/** Installation of the server as the user sees it: progress, a way to stop it, and how it ended. */

import * as vscode from "vscode";
import { CancelledError, type PrivateEnvironment } from "./environment";

/** What an installation needs from the rest of the extension. */
export interface Surroundings {
  readonly environment: PrivateEnvironment;
  readonly log: vscode.LogOutputChannel;
  /** Return the Python interpreters to try, the best first. */
  interpreters(): Promise<readonly string[]>;
  /** Stop the server, which may run from the environment that is to be replaced. */
  stop(): Promise<void>;
  /** Start the server that is found now. */
  restart(): Promise<void>;
}

/** Install the server, show how far that is, and start it. */
export async function installServer(surroundings: Surroundings): Promise<void> {
  try {
    await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: "Fastidious", cancellable: true },
      (progress, cancellation) => install(surroundings, progress, cancellation),
    );
  } catch (error) {
    await reportFailure(error, surroundings.log);
  } finally {
    await surroundings.restart();
  }
}

async function install(
  surroundings: Surroundings,
  progress: vscode.Progress<{ message?: string }>,
  cancellation: vscode.CancellationToken,
): Promise<void> {
  const { environment, log } = surroundings;
  const interpreters = await surroundings.interpreters();
  await surroundings.stop();
  await environment.install({
    interpreters,
    cancellation,
    report: (message) => progress.report({ message }),
    log: (line) => log.info(line),
  });
  log.info(`Installed ${environment.server}`);
}

async function reportFailure(error: unknown, log: vscode.LogOutputChannel): Promise<void> {
  if (error instanceof CancelledError) {
    log.info("The installation was cancelled");
    return;
  }
  const reason = error instanceof Error ? error.message : String(error);
  log.error(reason);
  const chosen = await vscode.window.showErrorMessage(`The server was not installed: ${reason}`, "Show Logs");
  if (chosen !== undefined) {
    log.show();
  }
}
