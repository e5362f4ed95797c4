/** Conversations: their settings, and what is said. */

export const conversation = {
  modes: "Kind of session",
  mode: { passthrough: "Speak through it", conversation: "Conversation" },
  modeAbout: {
    passthrough: "The avatar says what you say, or what you send it.",
    conversation: "The avatar listens to you and answers.",
  },

  systemPrompt: "System prompt",
  promptHint: "Who the avatar is and what it knows.",
  promptPlaceholder: "Who the avatar is and what it knows",
  firstPrompt:
    "You are the receptionist of Café Blue. Be friendly and brief.\n\n" +
    "We are open from 9 in the morning to 6 in the evening, and closed on Mondays.\n" +
    "We are at 12 Harbour Street, next to the old lighthouse.\n" +
    "A coffee costs 3 dollars and a slice of cake costs 5 dollars.\n" +
    "To reserve a table, call 555 0123. Dogs are welcome.",
  keepTranscript: (time: string) => `Keep the transcript with the session for ${time}`,
  price: (price: string) => `A conversation costs ${price} per hour.`,
  notLoaded: "Could not load the voices",

  answersFromModel: (model: string) => `The language model ${model} answers.`,
  answersFromText: "The avatar answers only from the text above",
  answersFromTextMore:
    "No language model is configured, so it says the sentences that fit the question, and that it does not know when none fits. Write full sentences.",

  transcript: "Transcript",
  nothingSaid: "Say something, for example: “What are your opening hours?”",
  you: "You",
  avatar: "Avatar",
  mutedHint: "Your microphone is muted. The avatar answers what you write.",
  chat: "Ask the avatar",
  send: "Ask",
  say: "Text for the avatar to say",
  sayButton: "Say",
  sayHint: "“Ask” gets an answer. “Say” is spoken word for word.",
  notSent: "Could not send the text",
};
