// Send a signed transfer and wait until it is in a block and final.
import { ApiPromise, Keyring, WsProvider } from '@polkadot/api';

const given = JSON.parse(process.argv[2]);
const api = await ApiPromise.create({ provider: new WsProvider(given.endpoint), noInitWarn: true });
const keyring = new Keyring({ type: 'sr25519', ss58Format: 42 });
const sender = keyring.addFromUri(given.uri);
const transfer = api.tx.balances.transferKeepAlive(given.to, BigInt(given.rao));
const { partialFee } = await transfer.paymentInfo(sender);
const before = await api.query.system.account(sender.address);
const statuses = [];
const result = await new Promise((resolve, reject) => {
  transfer
    .signAndSend(sender, (update) => {
      statuses.push(update.status.type);
      if (update.status.isFinalized) resolve(update);
      if (update.isError) reject(new Error(update.status.type));
    })
    .catch(reject);
});
const finalized = result.status.asFinalized;
const at = await api.at(finalized);
const after = await at.query.system.account(sender.address);
const paid = result.events.find(({ event }) => api.events.transactionPayment.TransactionFeePaid.is(event));
console.log(JSON.stringify({
  from: sender.address,
  statuses,
  blockHash: finalized.toHex(),
  hash: result.txHash.toHex(),
  events: result.events.map(({ event }) => `${event.section}.${event.method}`),
  quotedFee: partialFee.toString(),
  paidFee: paid.event.data.actualFee.toString(),
  before: before.data.free.toString(),
  after: after.data.free.toString(),
  failed: result.dispatchError ? result.dispatchError.toString() : null,
}));
await api.disconnect();
process.exit(0);
