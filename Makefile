# make demo: installs what is missing, builds, and recognises sample clips with the bundled model.
# make test: installs what is missing, builds, and runs all tests.
.PHONY: demo test setup build lint format clean

# A toolchain that the set-up script fetched is used when there is no other.
export PATH := $(PATH):$(CURDIR)/.deps/swift/usr/bin

demo: build
	@scripts/demo.sh

test: setup
	swift build --build-tests
	swift test --skip-build

setup:
	@scripts/setup.sh

build: setup
	swift build -c release --product verb

lint:
	@scripts/lint.sh

format:
	swift format --in-place --parallel --recursive Sources Tests Package.swift

clean:
	rm -rf .build
