/** Keeps one server running: starts, stops and replaces it, one thing at a time. */

import type { Connection } from "./client";
import { isSameServer, isServer, type Missing, type Server } from "./resolution";
import type { Condition } from "./status";

/** What the supervisor needs from the rest of the extension. */
export interface Surroundings {
  /** Tell whether the user wants a server at all. */
  isEnabled(): boolean;
  /** Find the server to run. */
  resolve(): Promise<Server | Missing>;
  /** Return a connection to a server that does not run yet. */
  connect(server: Server): Connection;
  /** Show how the server is. */
  show(condition: Condition): void;
  /** Tell the user that there is no server. */
  reportMissing(missing: Missing): void;
  /** Write into the log. */
  log(line: string): void;
}

/** Keeper of the server. Whatever is asked while it is busy comes next, and only once. */
export class Supervisor {
  private connected: Connection | undefined;
  private server: Server | undefined;
  private reason: string | undefined;
  private last: Promise<void> = Promise.resolve();
  private readonly waiting = new Map<string, Promise<void>>();

  constructor(private readonly surroundings: Surroundings) {}

  /** The connection to the server that runs, if one does. */
  get connection(): Connection | undefined {
    return this.connected;
  }

  /** Stop the server if one runs, and start the one that is to be run now. */
  restart(): Promise<void> {
    return this.next("restart", async () => {
      await this.bringDown();
      await this.bringUp(await this.wanted());
    });
  }

  /** Replace the server only if another command is to be run now. */
  reconsider(): Promise<void> {
    return this.next("reconsider", async () => {
      const wanted = await this.wanted();
      if (!this.has(wanted)) {
        await this.bringDown();
        await this.bringUp(wanted);
      }
    });
  }

  /** Stop the server for good. */
  stop(): Promise<void> {
    return this.next("stop", () => this.bringDown());
  }

  private next(name: string, job: () => Promise<void>): Promise<void> {
    const waiting = this.waiting.get(name);
    if (waiting !== undefined) {
      return waiting;
    }
    const begun = this.last.then(() => {
      this.waiting.delete(name);
      return job();
    });
    this.last = begun.catch((error: unknown) => this.surroundings.log(`Could not ${name} the server: ${error}`));
    this.waiting.set(name, this.last);
    this.interrupt(name);
    return this.last;
  }

  /** A server that does not answer while it starts must not keep anybody from restarting it. */
  private interrupt(name: string): void {
    if (this.connected?.version === "" && name !== "reconsider") {
      void this.connected.stop();
    }
  }

  private has(wanted: Server | Missing | undefined): boolean {
    if (wanted !== undefined && isServer(wanted)) {
      return isSameServer(wanted, this.server);
    }
    return this.server === undefined && this.reason === wanted?.reason && wanted !== undefined;
  }

  private async wanted(): Promise<Server | Missing | undefined> {
    return this.surroundings.isEnabled() ? this.surroundings.resolve() : undefined;
  }

  private async bringUp(wanted: Server | Missing | undefined): Promise<void> {
    if (wanted === undefined) {
      this.surroundings.show({ kind: "stopped" });
    } else if (isServer(wanted)) {
      await this.connect(wanted);
    } else {
      this.reason = wanted.reason;
      this.surroundings.log(wanted.reason);
      this.surroundings.show({ kind: "missing", reason: wanted.reason });
      this.surroundings.reportMissing(wanted);
    }
  }

  private async connect(server: Server): Promise<void> {
    this.surroundings.log(`Starting ${[server.command, ...server.args].join(" ")} (${server.origin})`);
    this.surroundings.show({ kind: "starting" });
    const connection = this.surroundings.connect(server);
    this.connected = connection;
    this.server = server;
    connection.onDidChangeRunning((isRunning) => this.follow(connection, server, isRunning));
    try {
      await connection.start();
    } catch (error) {
      this.server = undefined;
      this.surroundings.show({ kind: "failed", reason: String(error) });
      throw error;
    }
  }

  private follow(connection: Connection, server: Server, isRunning: boolean): void {
    if (connection !== this.connected) {
      return;
    }
    this.surroundings.show(
      isRunning
        ? { kind: "working", version: connection.version, origin: server.origin }
        : { kind: "failed", reason: "The server stopped" },
    );
  }

  private async bringDown(): Promise<void> {
    const connection = this.connected;
    this.connected = undefined;
    this.server = undefined;
    this.reason = undefined;
    await connection?.stop();
    this.surroundings.show({ kind: "stopped" });
  }
}
