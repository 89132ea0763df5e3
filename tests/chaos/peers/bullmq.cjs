// BullMQ: `node bullmq.cjs work|feed LEDGER`, with NODE_PATH where it is installed and REDIS_SOCKET.
const fs = require("fs");
const readline = require("readline");
const { Queue, Worker } = require("bullmq");

const [mode, ledger] = process.argv.slice(2);
const connection = { path: process.env.REDIS_SOCKET, maxRetriesPerRequest: null };
const rest = (ms) => new Promise((done) => setTimeout(done, ms));

function note(event, keys, attempt) {
  const line = (key) => JSON.stringify({ event, key, at: Date.now() / 1000, pid: process.pid, attempt }) + "\n";
  const file = fs.openSync(ledger, "a");
  fs.writeSync(file, keys.map(line).join(""));
  fs.fsyncSync(file);
  fs.closeSync(file);
}

async function run(job) {
  note("S", [job.data.key], job.attemptsMade + 1);
  await rest(job.data.ms);
  if (job.attemptsMade < job.data.failures) throw new Error("as told");
  note("F", [job.data.key], job.attemptsMade + 1);
}

async function feed() {
  const queue = new Queue("chaos", { connection });
  queue.on("error", () => {}); // it connects again by itself
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const jobs = JSON.parse(line);
    const options = (job) => ({ jobId: job.key, attempts: 10, backoff: { type: "fixed", delay: 300 } });
    for (;;) {
      try {
        await queue.addBulk(jobs.map((job) => ({ name: "work", data: job, opts: options(job) })));
        break;
      } catch {
        await rest(100);
      }
    }
    note("E", jobs.map((job) => job.key), 0);
    process.stdout.write("ok\n");
  }
  process.exit(0);
}

if (mode === "work") {
  const worker = new Worker("chaos", run, { connection, concurrency: 4 });
  worker.on("error", () => {}); // it connects again by itself
} else {
  feed();
}
