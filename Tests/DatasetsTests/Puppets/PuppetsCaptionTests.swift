import Testing

@testable import Datasets

@Suite("The words of Puppets")
struct PuppetsCaptionTests {
    /// Whether words occur in a text in their order, others between them allowed.
    private func contains(_ text: String, _ phrase: String) -> Bool {
        var rest = text.split(separator: " ")[...]
        for word in phrase.split(separator: " ") {
            guard let place = rest.firstIndex(of: word) else { return false }
            rest = rest[(place + 1)...]
        }
        return true
    }

    @Test(arguments: Puppets.actions)
    func captionsSayTheActionInKnownWords(_ action: PuppetsAction) {
        let vocabulary = Set(Puppets.vocabularyWords)
        for look in PuppetsLook.allCases {
            let clip = PuppetsClip(action: action, look: look, seed: UInt64(action.label))
            for variant in 0..<40 {
                let caption = clip.caption(variant)
                #expect(contains(caption, action.name) || contains(caption, action.thirdPerson), "\(caption)")
                for word in caption.split(separator: " ") { #expect(vocabulary.contains(String(word)), "\(word)") }
            }
        }
        for word in Puppets.prompt(for: action).split(separator: " ") { #expect(vocabulary.contains(String(word))) }
    }

    @Test func captionsVaryAndTellWhatIsSeen() {
        let clip = PuppetsClip(action: Puppets.actions[0], seed: 5)
        let captions = (0..<300).map { clip.caption($0) }
        #expect(captions == (0..<300).map { clip.caption($0) })
        #expect(Set(captions).count > 100)
        #expect(captions.contains { $0.contains("\(clip.attributes.shirt.rawValue) shirt") })
        #expect(captions.contains { $0.contains(clip.attributes.place.words) })
        #expect(captions.contains { $0.contains(clip.attributes.time.words) })
        #expect(captions.contains { $0.contains(" is ") })
        #expect(captions.contains { $0.contains(clip.action.thirdPerson) })
    }

    @Test func vocabularyIsClosedAndUsed() {
        let words = Puppets.vocabularyWords
        #expect(words == Set(words).sorted())
        #expect((80...200).contains(words.count))
        let used = Set(Puppets.corpus(8000, seed: 1).flatMap { $0.split(separator: " ").map(String.init) })
        #expect(used == Set(words))
        #expect(Puppets.prompt(for: Puppets.actions[0]) == "a video of a person raising the left arm")
    }
}
