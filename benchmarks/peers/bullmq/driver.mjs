// driver.py for BullMQ: a line asks, a line answers.
import { createInterface } from "node:readline";
import { Queue } from "bullmq";
import { connect, name, pad } from "./queue.mjs";

const queue = new Queue(name, { connection: connect() });
const now = () => process.hrtime.bigint();
const send = (n, options = {}) => queue.add("stamped", { n, pad }, { removeOnComplete: true, ...options });

async function timed(first, most, seconds, step, call) {
  const begun = now();
  let sent = 0;
  while (sent < most && Number(now() - begun) < seconds * 1e9) {
    await call(first + sent);
    sent += step;
  }
  return { count: sent, seconds: Number(now() - begun) / 1e9 };
}

async function spaced(first, most, gap, call) {
  const begun = now();
  const at = [];
  for (let i = 0; i < most; i += 1) {
    const wait = gap * i - Number(now() - begun) / 1e6;
    if (wait > 0) await new Promise((done) => setTimeout(done, wait));
    at.push(Number(now()));
    await call(first + i);
  }
  return at;
}

const bulk = (first) =>
  queue.addBulk(
    Array.from({ length: 1000 }, (_, i) => ({
      name: "stamped",
      data: { n: first + i, pad },
      opts: { removeOnComplete: true },
    })),
  );

// A job without a priority passes all that have one, and would be slower with one: urgent means to the front.
const commands = {
  prepare: async () => ({}),
  one: ({ first, most, seconds }) => timed(first, most, seconds, 1, (n) => send(n)),
  many: ({ first, most, seconds }) => timed(first, most, seconds, 1000, bulk),
  spaced: async ({ first, most, gap_ms: gap }) => ({ at: await spaced(first, most, gap, (n) => send(n)) }),
  later: async ({ first, most, ms }) => {
    const at = await spaced(first, most, 10, (n) => send(n, { delay: ms }));
    return { at: at.map((begun) => begun + ms * 1e6) };
  },
  urgent: async ({ n }) => {
    await send(n, { lifo: true });
    return {};
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { do: command, ...asked } = JSON.parse(line);
  console.log(JSON.stringify(await commands[command](asked)));
}
process.exit(0);
