import Testing

@testable import Datasets

@Suite("The table of Puppets actions")
struct PuppetsActionTests {
    @Test func classes() {
        let actions = Puppets.actions
        #expect((40...60).contains(actions.count))
        #expect((6...10).contains(Puppets.heldOutActions.count))
        #expect(Set(actions.map(\.name)).count == actions.count)
        #expect(Set(actions.map(\.thirdPerson)).count == actions.count)
        #expect(actions.map(\.label) == Array(actions.indices))
        #expect(actions == Puppets.trainingActions + Puppets.heldOutActions)
    }

    @Test func timeOrderPairs() throws {
        let paired = Puppets.actions.filter { $0.partner != nil }
        #expect(paired.count >= 32)
        for action in paired {
            let partner = try #require(action.partner)
            #expect(partner.partner == action)
            #expect(partner.group == action.group)
            #expect(partner.motion == action.motion)
            #expect(partner.isReversed != action.isReversed)
            #expect(partner.heldOut == action.heldOut)
            #expect(partner.kind == action.kind)
        }
        for action in Puppets.actions where action.partner == nil { #expect(!action.isReversed) }
        for group in Set(Puppets.actions.map(\.group)) {
            #expect((1...2).contains(Puppets.actions.filter { $0.group == group }.count))
        }
    }

    @Test(arguments: Puppets.actions)
    func mirroring(_ action: PuppetsAction) {
        #expect(action.mirrored.name == Puppets.mirrored(action.name))
        #expect(action.mirrored.mirrored == action)
        #expect(action.namesSide == (action.mirrored != action))
        #expect(action.mirrored.kind == action.kind)
        #expect(action.partner?.mirrored == action.mirrored.partner)
    }

    @Test func heldOutActionsAreNewCombinationsOfSeenWords() {
        func words(_ actions: [PuppetsAction], _ text: KeyPath<PuppetsAction, String>) -> Set<Substring> {
            Set(actions.flatMap { $0[keyPath: text].split(separator: " ") })
        }
        for text in [\PuppetsAction.name, \.thirdPerson] {
            #expect(words(Puppets.heldOutActions, text).isSubset(of: words(Puppets.trainingActions, text)))
        }
        #expect(Set(Puppets.heldOutActions.map(\.kind)) == Set(PuppetsAction.Kind.allCases))
        #expect(Set(Puppets.trainingActions.map(\.kind)) == Set(PuppetsAction.Kind.allCases))
        #expect(
            Puppets.heldOutActions.map(\.name) == [
                "raising the right leg", "lowering the right leg", "shaking both arms", "running on the spot",
                "jumping to the right", "jumping to the left", "picking up a stick", "putting down a stick",
                "pushing a box to the left", "pulling a box to the right",
            ])
    }

    @Test func lookup() {
        #expect(Puppets.action(named: "bowing")?.name == "bowing")
        #expect(Puppets.action(named: "flying") == nil)
    }
}
