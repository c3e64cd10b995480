/** `SELECT` of every topic rule; each adds its `FROM`. */
export const selectMessage =
  "SELECT encode(*, 'base64') AS data, topic() AS topic, clientid() AS clientId, timestamp() AS receivedAt";
