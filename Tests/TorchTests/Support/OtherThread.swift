import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Work on a thread of its own, and what is known about threads.
enum OtherThread {
    private final class Box<Value: Sendable>: Sendable {
        let value = Mutex<Value?>(nil)
    }

    /// Computes on a new thread and waits for it.
    static func result<Value: Sendable>(_ body: @escaping @Sendable () -> Value) -> Value {
        let (box, done) = (Box<Value>(), DispatchSemaphore(value: 0))
        Thread.detachNewThread {
            let value = body()
            box.value.withLock { $0 = value }
            done.signal()
        }
        done.wait()
        guard let value = box.value.withLock({ $0 }) else { fatalError("the thread gave no value") }
        return value
    }

    /// A number that tells the calling thread from the others that live.
    static var current: UInt {
        #if canImport(Glibc)
            UInt(pthread_self())
        #else
            UInt(bitPattern: pthread_self())
        #endif
    }

    /// The number of threads of this process, on Linux.
    static var count: Int? {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return nil }
        return status.split(separator: "\n").first { $0.hasPrefix("Threads:") }
            .flatMap { Int($0.dropFirst(8).trimmingCharacters(in: .whitespaces)) }
    }
}
