// Subscribe to new and finalized heads, to storage and to events, while a transfer goes by.
import { ApiPromise, Keyring, WsProvider } from '@polkadot/api';

const given = JSON.parse(process.argv[2]);
const api = await ApiPromise.create({ provider: new WsProvider(given.endpoint), noInitWarn: true });
const sender = new Keyring({ type: 'sr25519', ss58Format: 42 }).addFromUri(given.uri);
const seen = { heads: [], finalized: [], events: [], balances: [], version: null };
const enough = () =>
  seen.heads.length >= given.heads &&
  seen.finalized.length >= given.heads &&
  seen.events.includes('balances.Transfer') &&
  seen.balances.length >= 2;
let finish;
const finished = new Promise((resolve) => { finish = resolve; });
const note = (list, value) => {
  list.push(value);
  if (enough()) finish();
};
const stops = [
  await api.rpc.chain.subscribeNewHeads((head) =>
    note(seen.heads, [head.number.toNumber(), head.hash.toHex(), head.parentHash.toHex()])),
  await api.rpc.chain.subscribeFinalizedHeads((head) =>
    note(seen.finalized, [head.number.toNumber(), head.hash.toHex(), head.parentHash.toHex()])),
  await api.query.system.events((records) =>
    records.forEach(({ event }) => note(seen.events, `${event.section}.${event.method}`))),
  await api.query.system.account(given.to, ({ data }) =>
    note(seen.balances, data.free.toString())),
  await api.rpc.state.subscribeRuntimeVersion((version) => {
    seen.version = version.specVersion.toNumber();
  }),
];
await api.tx.balances.transferKeepAlive(given.to, BigInt(given.rao)).signAndSend(sender);
await finished;
stops.forEach((stop) => stop());
console.log(JSON.stringify(seen));
await api.disconnect();
process.exit(0);
