// What the driver and the worker share: where Redis is.
import { Redis } from "ioredis";

export const name = "bench";
export const pad = "x".repeat(78);
export const connect = () => new Redis({ path: process.env.REDIS_SOCKET, maxRetriesPerRequest: null });
