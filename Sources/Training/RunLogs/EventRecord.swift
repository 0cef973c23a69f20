/// One record of an event file: a message framed by its length and two checks.
///
///     length (8 bytes, lowest first) · masked CRC-32C of the length · message · masked CRC-32C of the message
///
/// Source: TensorFlow `record_writer.h`, `event.proto`, `summary.proto`, `tensor.proto`.
enum EventRecord {
    /// The first record of a file.
    static func version(time: Double) -> [UInt8] {
        event(time, step: 0) { $0.put(3, "brain.Event:2".utf8) }
    }

    /// Says that a run goes on at a step: readers forget what other files say of that step and later.
    static func restart(at step: Int, time: Double) -> [UInt8] {
        event(time, step: step) { event in
            event.put(7) { session in session.put(1, 1) }  // SessionLog.status = START
        }
    }

    /// Numbers by name.
    static func scalars(_ scalars: [String: Double], step: Int, time: Double) -> [UInt8] {
        summary(step, time) { summary in
            for (name, number) in scalars.sorted(by: { $0.key < $1.key }) {
                summary.put(1) { value in
                    value.put(1, name.utf8)
                    value.put(2, Float(number))
                }
            }
        }
    }

    /// A text, shown as Markdown.
    static func text(_ text: String, name: String, step: Int, time: Double) -> [UInt8] {
        summary(step, time) { summary in
            summary.put(1) { value in
                value.put(1, name.utf8)
                value.put(8) { tensor in
                    tensor.put(1, 7)  // DT_STRING
                    tensor.put(2) { shape in shape.put(2) { axis in axis.put(1, 1) } }
                    tensor.put(8, text.utf8)
                }
                value.put(9) { metadata in metadata.put(1) { plugin in plugin.put(1, "text".utf8) } }
            }
        }
    }

    /// A picture.
    static func image(_ image: EncodedImage, name: String, step: Int, time: Double) -> [UInt8] {
        summary(step, time) { summary in
            summary.put(1) { value in
                value.put(1, name.utf8)
                value.put(4) { picture in
                    picture.put(1, image.height)
                    picture.put(2, image.width)
                    picture.put(3, 3)  // RGB
                    picture.put(4, image.bytes)
                }
            }
        }
    }

    private static func summary(_ step: Int, _ time: Double, _ body: (inout ProtocolMessage) -> Void) -> [UInt8] {
        event(time, step: step) { $0.put(5, body) }
    }

    private static func event(_ time: Double, step: Int, _ body: (inout ProtocolMessage) -> Void) -> [UInt8] {
        var event = ProtocolMessage()
        event.put(1, time)
        event.put(2, step)
        body(&event)
        let length = UInt64(event.bytes.count).littleEndianBytes
        return length + CRC32C.masked(of: length).littleEndianBytes + event.bytes
            + CRC32C.masked(of: event.bytes).littleEndianBytes
    }
}
