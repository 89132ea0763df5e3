// One BullMQ worker: `node worker.mjs CONCURRENCY`. The body appends the record of stamp.py.
import { openSync, writeSync } from "node:fs";
import { Worker } from "bullmq";
import { connect, name } from "./queue.mjs";

const file = openSync(process.env.BENCH_STAMPS, "a");

async function run(job) {
  const record = Buffer.allocUnsafe(24);
  record.writeBigInt64LE(BigInt(job.data.n), 0);
  record.writeBigInt64LE(BigInt(process.pid), 8);
  record.writeBigInt64LE(process.hrtime.bigint(), 16);
  writeSync(file, record);
}

const worker = new Worker(name, run, {
  connection: connect(),
  concurrency: Number(process.argv[2]),
  removeOnComplete: { count: 0 },
});
process.on("SIGTERM", async () => {
  await worker.close();
  process.exit(0);
});
