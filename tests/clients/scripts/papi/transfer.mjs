// Read, and send a signed transfer, over the chainHead methods and without generated types.
import { getPublicKey, secretFromSeed, sign } from '@scure/sr25519';
import { createClient, Enum } from 'polkadot-api';
import { getPolkadotSigner } from 'polkadot-api/signer';
import { getWsProvider } from 'polkadot-api/ws-provider/node';

const given = JSON.parse(process.argv[2]);
const client = createClient(getWsProvider(given.endpoint));
const api = client.getUnsafeApi();
const secret = secretFromSeed(Uint8Array.from(Buffer.from(given.seed.slice(2), 'hex')));
const signer = getPolkadotSigner(getPublicKey(secret), 'Sr25519', (payload) => sign(secret, payload));

const head = await client.getFinalizedBlock();
const [account, tempo, networks, price, deposit] = await Promise.all([
  api.query.System.Account.getValue(given.from),
  api.query.SubtensorModule.Tempo.getValue(1),
  api.query.SubtensorModule.NetworksAdded.getEntries(),
  api.apis.SwapRuntimeApi.current_alpha_price(1),
  api.constants.Balances.ExistentialDeposit(),
]);
const transfer = api.tx.Balances.transfer_keep_alive({
  dest: Enum('Id', given.to),
  value: BigInt(given.rao),
});
const fee = await transfer.getEstimatedFees(given.from);
const states = [];
const sent = await new Promise((resolve, reject) => {
  transfer.signSubmitAndWatch(signer).subscribe({
    next: (event) => {
      states.push(event.type);
      if (event.type === 'finalized') resolve(event);
    },
    error: reject,
  });
});
const after = await api.query.System.Account.getValue(given.from, { at: sent.block.hash });
const blocks = await new Promise((resolve) => {
  const seen = [];
  const following = client.finalizedBlock$.subscribe((block) => {
    seen.push([block.number, block.hash, block.parent]);
    if (seen.length === 3) {
      following.unsubscribe();
      resolve(seen);
    }
  });
});
console.log(JSON.stringify({
  head: [head.number, head.hash],
  before: account.data.free.toString(),
  after: after.data.free.toString(),
  tempo,
  networks: networks.map(({ keyArgs, value }) => [keyArgs[0], value]),
  price: price.toString(),
  deposit: deposit.toString(),
  fee: fee.toString(),
  states,
  ok: sent.ok,
  events: sent.events.map(({ type, value }) => `${type}.${value.type}`),
  block: [sent.block.number, sent.block.hash],
  blocks,
}));
client.destroy();
process.exit(0);
