import { beforeEach, expect, test } from "vitest";
import { EventEmitter } from "vscode";
import type { Connection } from "../src/client";
import type { Missing, Server } from "../src/resolution";
import type { Condition } from "../src/status";
import { Supervisor } from "../src/supervisor";

const ONE: Server = { command: "/one", args: ["server"], origin: "setting" };
const TWO: Server = { ...ONE, command: "/two" };
const NONE: Missing = { reason: "none" };

let events: string[];
let shown: Condition[];
let wanted: Server | Missing;
let isEnabled: boolean;
let connections: FakeConnection[];
let hangs: boolean;

class FakeConnection implements Connection {
  version = "";
  private readonly running = new EventEmitter<boolean>();
  private fail: (error: Error) => void = () => undefined;
  readonly onDidChangeRunning = this.running.event;

  constructor(private readonly server: Server) {
    connections.push(this);
  }

  async start(): Promise<void> {
    events.push(`start ${this.server.command}`);
    if (hangs) {
      await new Promise<void>((_, reject) => {
        this.fail = reject;
      });
    }
    this.version = "1.0";
    this.running.fire(true);
  }

  async stop(): Promise<void> {
    events.push(`stop ${this.server.command}`);
    this.fail(new Error("stopped"));
  }

  crash(): void {
    this.running.fire(false);
  }

  async execute(): Promise<unknown> {
    return undefined;
  }

  offers(): boolean {
    return false;
  }
}

function supervisor(): Supervisor {
  return new Supervisor({
    isEnabled: () => isEnabled,
    resolve: async () => wanted,
    connect: (server) => new FakeConnection(server),
    show: (condition) => shown.push(condition),
    reportMissing: (missing) => events.push(`missing ${missing.reason}`),
    log: () => undefined,
  });
}

beforeEach(() => {
  events = [];
  shown = [];
  connections = [];
  wanted = ONE;
  isEnabled = true;
  hangs = false;
});

test("a server that runs is shown with its version", async () => {
  await supervisor().reconsider();
  expect(shown.at(-1)).toEqual({ kind: "working", version: "1.0", origin: "setting" });
});

test("the server is left alone while the same command is wanted", async () => {
  const subject = supervisor();
  await subject.reconsider();
  wanted = { ...ONE, origin: "search path" };
  await subject.reconsider();
  expect(events).toEqual(["start /one"]);
});

test("another command replaces the server", async () => {
  const subject = supervisor();
  await subject.reconsider();
  wanted = TWO;
  await subject.reconsider();
  expect(events).toEqual(["start /one", "stop /one", "start /two"]);
});

test("restarts that are asked for at once become one", async () => {
  const subject = supervisor();
  await subject.reconsider();
  await Promise.all([subject.restart(), subject.restart(), subject.restart()]);
  expect(events).toEqual(["start /one", "stop /one", "start /one"]);
});

test("a restart ends the wait for a server that does not answer", async () => {
  const subject = supervisor();
  hangs = true;
  const first = subject.reconsider();
  await Promise.resolve();
  while (events.length === 0) {
    await new Promise(setImmediate);
  }
  hangs = false;
  wanted = TWO;
  await Promise.all([first, subject.restart()]);
  expect(events.at(-1)).toBe("start /two");
  expect(shown.at(-1)).toMatchObject({ kind: "working" });
});

test("that there is no server is said once, and again only to who asks", async () => {
  const subject = supervisor();
  wanted = NONE;
  await subject.reconsider();
  await subject.reconsider();
  expect(events).toEqual(["missing none"]);
  await subject.restart();
  expect(events).toEqual(["missing none", "missing none"]);
  expect(shown.at(-1)).toEqual({ kind: "missing", reason: "none" });
});

test("a server that appears is started", async () => {
  const subject = supervisor();
  wanted = NONE;
  await subject.reconsider();
  wanted = ONE;
  await subject.reconsider();
  expect(events.at(-1)).toBe("start /one");
});

test("who switched the extension off gets no server", async () => {
  const subject = supervisor();
  await subject.reconsider();
  isEnabled = false;
  await subject.reconsider();
  expect(events).toEqual(["start /one", "stop /one"]);
  expect(shown.at(-1)).toEqual({ kind: "stopped" });
});

test("a server that stops by itself is shown as failed", async () => {
  await supervisor().reconsider();
  connections[0]?.crash();
  expect(shown.at(-1)).toEqual({ kind: "failed", reason: "The server stopped" });
});

test("what an old server does is not shown any more", async () => {
  const subject = supervisor();
  await subject.reconsider();
  await subject.restart();
  connections[0]?.crash();
  expect(shown.at(-1)).toMatchObject({ kind: "working" });
});
