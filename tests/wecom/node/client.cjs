// Drives the fake with the platform's own SDK. `node client.cjs WS_URL [SECRET]`: prints one JSON line for each
// thing that happens, answers as a bot would, and ends when its input is closed.
const { WSClient } = require('@wecom/aibot-node-sdk');
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const [, , wsUrl, secret = 'SECRET'] = process.argv;
const say = (what, more = {}) => console.log(JSON.stringify({ what, ...more }));
const client = new WSClient({
  botId: 'BOT', secret, wsUrl, heartbeatInterval: 700, reconnectInterval: 50, maxReconnectAttempts: 5,
  maxAuthFailureAttempts: 1, logger: quiet,
});
const tried = async (name, deed) => {
  try {
    const ack = await deed();
    say('ack', { name, code: ack.errcode ?? 0 });
    return ack;
  } catch (error) {
    say('ack', { name, code: error.errcode ?? String(error.message) });
  }
};
client.on('authenticated', () => say('authenticated'));
client.on('error', (error) => say('error', { message: error.message }));
client.on('disconnected', (reason) => say('disconnected', { reason: String(reason) }));
client.on('message.text', async (frame) => {
  say('text', { content: frame.body.text.content, chat: frame.body.chatid ?? '' });
  await tried('reply', () => client.reply(frame, { msgtype: 'markdown', markdown: { content: '收到' } }));
  await tried('stream', () => client.replyStream(frame, 's1', '一句话', true));
  await tried('stream again', () => client.replyStream(frame, 's1', '又一句', true));
  await tried('push', () => client.sendMessage('zhangsan', { chat_type: 1, msgtype: 'markdown', markdown: { content: '已解决' } }));
  await tried('stranger', () => client.sendMessage('nobody', { chat_type: 1, msgtype: 'markdown', markdown: { content: '喂' } }));
  await tried('card', () => client.sendMessage('zhangsan', { chat_type: 1, msgtype: 'template_card', template_card: {
    card_type: 'button_interaction', main_title: { title: '早安打卡' }, task_id: 'task_1',
    button_list: [{ text: '打卡', style: 1, key: 'checkin:1' }] } }));
  await tried('group card', () => client.sendMessage('wrGROUP', { chat_type: 2, msgtype: 'template_card', template_card: {
    card_type: 'button_interaction', main_title: { title: '早安打卡' }, task_id: 'task_2',
    button_list: [{ text: '打卡', style: 1, key: 'checkin:1' }] } }));
  const picture = await client.uploadMedia(Buffer.alloc(600000, 7), { type: 'image', filename: 'chart.png' });
  await tried('picture', () => client.sendMediaMessage('zhangsan', 'image', picture.media_id));
});
client.on('message.image', async (frame) => {
  const { buffer } = await client.downloadFile(frame.body.image.url, frame.body.image.aeskey);
  say('image', { hex: buffer.toString('hex') });
});
client.on('message.mixed', (frame) => say('mixed', { items: frame.body.mixed.msg_item.length }));
client.on('event.enter_chat', (frame) =>
  tried('welcome', () => client.replyWelcome(frame, { msgtype: 'text', text: { content: '欢迎' } })));
client.on('event.template_card_event', (frame) => {
  const event = frame.body.event.template_card_event;
  say('card', { key: event.event_key });
  return tried('update', () => client.updateTemplateCard(frame, {
    card_type: 'text_notice', main_title: { title: '已打卡' }, task_id: event.task_id,
    card_action: { type: 1, url: 'https://example.com' } }, [frame.body.from.userid]));
});
client.on('event.feedback_event', (frame) => say('feedback', frame.body.event.feedback_event));
client.connect();
process.stdin.on('end', () => process.exit(0));
process.stdin.resume();
