// Seals and opens with the platform's own cipher: `node vectors.cjs TOKEN AES_KEY TIMESTAMP NONCE MESSAGE ID SEALED`.
const { encrypt, decrypt, getSignature } = require('@wecom/crypto');
const [, , token, key, timestamp, nonce, message, id, sealed] = process.argv;
const ours = encrypt(key, message, id, Buffer.from('0123456789abcdef'));
console.log(JSON.stringify({
  sealed: ours, signature: getSignature(token, timestamp, nonce, ours), opened: decrypt(key, sealed),
}));
