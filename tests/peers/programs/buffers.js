// Typed arrays and the guest's memory, on the crate `buffers`.
return {
    imports: {
        scramble: bytes => {
            see(bytes);
            bytes[0] = 9;
            bytes.set([7, 8], 2);
            bytes.reverse();
        },
    },
    cases: {
        'typed arrays of Rust': g => {
            see(g.one_of_each(), g.from_vectors(), g.doubled(new Float64Array([1.5, -2])), g.scrambled());
        },
        'arrays that Rust changes': g => {
            const bytes = new Uint8Array([1, 2, 3, 4]);
            g.fill(bytes, 9);
            see(bytes, g.sum_bytes(bytes), g.sum_bytes(bytes.subarray(2)));
            g.overwrite(bytes);
            see(bytes);
            g.fill(bytes.subarray(1, 3), 5);
            see(bytes, g.sum_bytes(new Uint8Array(0)));
        },
        'views into the memory': g => {
            const view = g.view(), changing = g.view_mut(), words = g.words();
            see(view.length === changing.length, view[0] === g.byte_at(0), words.length * 4 === view.length);
            changing[1] = 200;
            see(view[1], g.byte_at(1), g.view_of_buffer()[1], view.buffer === changing.buffer);
            view.set([1, 2, 3, 4]);
            see(words[0], g.byte_at(3), Array.from(view.slice(0, 4)), view.subarray(1, 3)[0]);
            see(g.call_with_view(given => given.length === view.length), g.memory_is_memory());
            see(new Uint8Array(g.buffer()).length === g.own_memory().buffer.byteLength);
        },
        'views when the memory grows': g => {
            const view = g.view(), buffer = g.buffer();
            see(g.grow(1) > 0, view.length, view[0], buffer.byteLength);
            see(g.length_after_growing(), g.grow_by_object(1) > 0, g.view().length > 0);
            attempt(() => { try { return view.fill(1); } catch (error) { return error.name; } });
            see(g.buffer() === buffer, g.buffer() === g.buffer());
        },
        'data views': g => {
            const buffer = new ArrayBuffer(24);
            see(g.data_view(buffer), new Uint8Array(buffer));
            attempt(() => g.data_view(new ArrayBuffer(4)));
        },
        'numbers': g => {
            see(g.atomics(), g.bigint_texts(255n), g.bigint_texts(-1n));
            for (const number of [0, -2.5, 3, 1e-7, 2.5])
                see(g.number_texts(number).slice(0, 4), g.maths(number));
        },
    },
};
