// Listens on a loopback port of the network that it is started in and prints `listening PORT`, then one line for each
// connection, which it closes. Ends when its standard input does.
import net, { type AddressInfo } from 'node:net';
import process from 'node:process';

const server = net.createServer((socket) => {
  process.stdout.write('connection\n');
  socket.on('error', () => undefined);
  socket.destroy();
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`listening ${(server.address() as AddressInfo).port}\n`);
});
process.stdin.on('end', () => server.close()).resume();
