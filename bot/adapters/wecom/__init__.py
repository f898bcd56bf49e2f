"""企业微信 WeCom: the only folder that knows its long connection, its callbacks, its webhooks and wechatpy."""
