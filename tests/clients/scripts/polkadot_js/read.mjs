// Connect and read: the chain's name, constants, storage, a runtime API.
import { ApiPromise, HttpProvider, WsProvider } from '@polkadot/api';

const given = JSON.parse(process.argv[2]);
const overHttp = given.transport === 'http';
const provider = overHttp
  ? new HttpProvider(given.endpoint.replace('ws:', 'http:'))
  : new WsProvider(given.endpoint);
const api = await ApiPromise.create({ provider, noInitWarn: true });
const [chain, health, account, tempo, added, header, price] = await Promise.all([
  api.rpc.system.chain(),
  api.rpc.system.health(),
  api.query.system.account(given.address),
  api.query.subtensorModule.tempo(1),
  api.query.subtensorModule.networksAdded.entries(),
  api.rpc.chain.getHeader(),
  api.call.swapRuntimeApi.currentAlphaPrice(1),
]);
const block = await api.rpc.chain.getBlock(header.hash);
console.log(JSON.stringify({
  chain: chain.toString(),
  syncing: health.isSyncing.isTrue,
  specName: api.runtimeVersion.specName.toString(),
  specVersion: api.runtimeVersion.specVersion.toNumber(),
  ss58Format: api.registry.chainSS58,
  tokens: api.registry.chainTokens,
  decimals: api.registry.chainDecimals,
  free: account.data.free.toString(),
  nonce: account.nonce.toNumber(),
  tempo: tempo.toNumber(),
  networks: added.map(([key, value]) => [key.args[0].toNumber(), value.isTrue]),
  existentialDeposit: api.consts.balances.existentialDeposit.toString(),
  slotDuration: api.consts.aura.slotDuration.toString(),
  number: header.number.toNumber(),
  hash: header.hash.toHex(),
  calls: block.block.extrinsics.map(({ method }) => `${method.section}.${method.method}`),
  price: price.toString(),
}));
await api.disconnect();
process.exit(0);
