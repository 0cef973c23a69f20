import Testing

@testable import CLIP

@Suite("Training of a vocabulary")
struct TokenizerTrainerTests {
    private let corpus = ["low low low low low": 1, "lower lower": 1, "newest": 6, "widest": 3]

    private func merges(_ vocabulary: BytePairVocabulary) -> [String] {
        vocabulary.merges.map { "\(vocabulary.symbols[$0.left] ?? "?") \(vocabulary.symbols[$0.right] ?? "?")" }
    }

    /// The example of Sennrich et al., with the end of a word on its last character.
    @Test func mergesByCount() {
        let vocabulary = TokenizerTrainer(mergeLimit: 4).vocabulary(from: corpus)
        // es and st</w> occur nine times each, as does the pair s t</w>: the older symbols win.
        #expect(merges(vocabulary) == ["e s", "es t</w>", "l o", "e w"])
        #expect(vocabulary.count == 518)
        #expect((vocabulary.startID, vocabulary.endID) == (516, 517))
    }

    @Test func theSameCorpusGivesTheSameVocabulary() {
        let first = TokenizerTrainer(mergeLimit: 50).vocabulary(from: corpus)
        for _ in 0..<5 {
            let shuffled = Dictionary(uniqueKeysWithValues: corpus.map { ($0.key, $0.value) }.shuffled())
            #expect(merges(TokenizerTrainer(mergeLimit: 50).vocabulary(from: shuffled)) == merges(first))
        }
    }

    @Test func frequentWordsBecomeOneToken() throws {
        let tokenizer = Tokenizer(vocabulary: TokenizerTrainer(mergeLimit: 200).vocabulary(from: corpus))
        for word in ["low", "lower", "newest", "widest"] { #expect(tokenizer.encode(word).count == 3) }
        #expect(try tokenizer.decode(tokenizer.encode("A slow, NEW é!")) == "a slow , new é !")
    }

    @Test func limits() {
        #expect(TokenizerTrainer(mergeLimit: 0).vocabulary(from: corpus).count == 514)
        #expect(TokenizerTrainer(mergeLimit: 9).vocabulary(from: [:]).count == 514)
        #expect(TokenizerTrainer(mergeLimit: 9).vocabulary(from: ["": 3, "ab": -1]).count == 514)
        #expect(TokenizerTrainer(mergeLimit: 9, minimumCount: 7).vocabulary(from: corpus).mergeCount == 3)
        // aa a and a aa make the same symbol, which may exist once only.
        let runs = TokenizerTrainer(mergeLimit: 50, minimumCount: 1).vocabulary(from: ["aaab aaaab aab xaab": 2])
        #expect(Set(merges(runs).map { $0.replacing(" ", with: "") }).count == runs.mergeCount)
    }
}
