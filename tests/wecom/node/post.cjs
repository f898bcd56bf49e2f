// Posts one callback with the platform's own cipher: `node post.cjs URL TOKEN AES_KEY '<plain json>'`.
const { encrypt, decrypt, getSignature } = require('@wecom/crypto');
const [, , url, token, key, message] = process.argv;
const timestamp = String(Math.floor(Date.now() / 1000));
const nonce = Math.random().toString(36).slice(2);
const sealed = encrypt(key, message, '');
const query = new URLSearchParams({ msg_signature: getSignature(token, timestamp, nonce, sealed), timestamp, nonce });
fetch(`${url}?${query}`, {
  method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ encrypt: sealed }),
}).then(async (answer) => {
  const text = await answer.text();
  if (!text) return console.log(JSON.stringify({ status: answer.status, empty: true }));
  const reply = JSON.parse(text);
  const good = getSignature(token, String(reply.timestamp), reply.nonce, reply.encrypt) === reply.msgsignature;
  console.log(JSON.stringify({ status: answer.status, good, message: decrypt(key, reply.encrypt).message }));
});
