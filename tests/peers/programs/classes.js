// Classes, their members and their families, on the crate `classes`.
function Lamp(power) {
    if (!power) throw new RangeError('no power');
    this.power = power;
    this.on = false;
}
Lamp.brand = 'Lux';
Lamp.count = () => 5;
Lamp.sum = (...powers) => powers.reduce((sum, each) => sum + each, 0);
Lamp.prototype.describe = function () { return this.constructor.name + ' of ' + this.power; };
Lamp.prototype.dimBy = function (by) {
    if (by > this.power) throw 'too dark';
    return this.power - by;
};
Lamp.prototype.blink = function (...times) { return times.reduce((sum, each) => sum + each, 0); };
function Torch(power) { Lamp.call(this, power); }
Object.setPrototypeOf(Torch.prototype, Lamp.prototype);
function Prefixed() {}
Prefixed.prototype.go = function () { see('went'); };

return {
    imports: {
        Lamp, Torch,
        webkitPrefixed: Prefixed,
        VERSION: '1.2',
        SETTINGS: { dark: true },
        deep: { er: { DEPTH: 7, dig: by => by * 2 } },
        'not-a-name': () => 10,
    },
    cases: {
        // --- inheritance ---
        'a child has the members of its parent': g => {
            const dog = new g.Dog('Rex', 3);
            see(dog instanceof g.Animal, dog instanceof g.Dog, dog instanceof g.Puppy);
            see(dog.name, dog.legs, dog.tricks, dog.speak(), dog.constructor === g.Dog);
            dog.name = 'Max';
            dog.legs = 3;
            dog.tricks = 4294967295;
            see(dog.speak(), dog.name, dog.legs, dog.tricks);
            see(dog.lose_leg(), dog.legs, g.Animal.kingdom(), g.Dog.kingdom(), g.Puppy.kingdom());
            see('name' in dog, 'tricks' in dog, 'nothing' in dog);
            dog.free();
        },
        'a child where its parent is borrowed': g => {
            const [puppy] = g.litter(1);
            see(puppy, g.count_legs(puppy), g.count_tricks(puppy));
            g.add_leg(puppy);
            see(puppy.legs, puppy.weeks, puppy.speak());
            attempt(() => g.count_tricks(new g.Animal('x')));
            attempt(() => g.count_legs({ legs: 4 }));
            attempt(() => g.count_legs(null));
            attempt(() => g.count_legs(undefined));
        },
        'a child that is moved as itself': g => {
            see(g.take_dog(new g.Dog('Rex', 3)), g.take_dog(undefined), g.take_dog(null));
            see(Array.from(g.live()));
            attempt(() => g.take_dog(new g.Animal('x')));
        },
        'a child that is moved as its parent': g => {
            const dog = new g.Dog('Rex', 3);
            attempt(() => g.take_animal(dog));
            attempt(() => dog.name);
        },
        'a parents consuming method on a child': g => {
            const dog = new g.Dog('Rex', 3);
            attempt(() => dog.bury());
            attempt(() => dog.name);
        },
        'vectors of objects': g => {
            see(g.take_animals([new g.Animal('a'), new g.Animal('b')]), g.take_animals([]));
            see(g.litter(3).map(each => each.weeks), g.litter(0));
            see(g.maybe_puppy(false), g.maybe_puppy(true), g.puppy_value());
        },
        'vectors with a wrong element': g => {
            attempt(() => g.take_animals([new g.Animal('a'), {}]));
            attempt(() => g.take_animals([null]));
            const moved = new g.Animal('y');
            moved.free();
            attempt(() => g.take_animals([moved]));
        },
        'what is alive': g => {
            see(Array.from(g.live()));
            const dog = new g.Dog('Rex', 3), [puppy] = g.litter(1);
            see(Array.from(g.live()));
            dog.free();
            see(Array.from(g.live()));
            puppy.free();
            see(Array.from(g.live()), g.take_dog(new g.Dog('Max', 1)), Array.from(g.live()));
            see(new g.Animal('x').bury(), Array.from(g.live()));
        },
        'a parent with another name in a namespace': g => {
            const car = new g.van(5);
            see(car instanceof g.traffic.Vehicle, car.wheels, car.seats, car.roll());
            car.wheels = 6;
            see(car.roll(), car.seats);
        },
        'a panic in a parents method': g => {
            const dog = new g.Dog('Rex', 3);
            attempt(() => dog.panic());
            see(dog.name, Array.from(g.live()));
        },
        'a class that only Rust makes': g => {
            attempt(() => new g.Puppy('x').weeks);
        },

        // --- use after it is gone ---
        'an object after free': g => {
            const dog = new g.Dog('Rex', 3);
            dog.free();
            attempt(() => dog.name);
            attempt(() => { dog.name = 'x'; });
            attempt(() => dog.speak());
            attempt(() => g.count_legs(dog));
            attempt(() => g.count_tricks(dog));
        },
        'a freed object where none may be': g => {
            const dog = new g.Dog('Rex', 3);
            dog.free();
            attempt(() => g.take_dog(dog));
        },
        'an object that was moved': g => {
            const animal = new g.Animal('x');
            see(animal.bury());
            attempt(() => animal.bury());
            attempt(() => animal.legs);
            const other = new g.Animal('y');
            see(g.take_animal(other));
            attempt(() => g.take_animal(other));
            see(Array.from(g.live()));
        },

        // --- members ---
        'indexing members': g => {
            const shelf = new g.Shelf();
            shelf.put(3, 'book');
            shelf.put(0, '');
            see(shelf.item(3), shelf.item(0), shelf.item(4), shelf.drop_item(3), shelf.item(3));
        },
        'static accessors': g => {
            see(g.Shelf.count);
            g.Shelf.count = 8;
            see(g.Shelf.count);
            g.Shelf.twice = 5;
            see(g.Shelf.count, g.Shelf.twice, 'count' in g.Shelf, new g.Shelf().count);
        },
        'a computed member': g => {
            const shelf = new g.Shelf();
            see(`${shelf}`, String(shelf), shelf + '');
        },
        'inspectable': g => {
            const card = new g.Card(4);
            see(card.toJSON());
            card.suit = 255;
            card.label = 'é';
            card.isHidden = true;
            see(card.suit, card.label, card.worth, card.isHidden, card.secret, card.double);
            card.isHidden = null;
            see(card.isHidden);
            card.isHidden = undefined;
            see(card.isHidden);
            const change = name => { try { card[name] = 1; } catch (error) { return error.name; } };
            see(change('worth'), change('double'), change('suit'));
            see(card.worth);
            card.free();
            attempt(() => card.toJSON());
        },
        'inspectable as text': g => {
            const card = new g.Card(4);
            attempt(() => card.toString());
        },
        'a function with this': g => {
            see(g.call_method({ who: g.who }, 5), g.call_method({ who(n) { return n + 1; } }, 5));
            see(g.who.call({ me: 1 }, 3), g.who.apply([1], [3]));
            attempt(() => { try { g.call_method({}, 5); } catch (error) { return error.name; } });
        },
        'fields of every type': g => {
            const f = g.fields();
            see(f.i8_, f.u16_, f.i32_, f.u64_, f.i128_, f.f32_, f.f64_, f.bool_, f.char_, f.text);
            see(f.value, f.card, f.bytes, f.texts, f.shared[0].number, f.level, f.wide, f.nothing);
            f.card = new g.Shared(4);
            f.shared = [new g.Shared(5), new g.Shared(6)];
            f.nothing = 1.5;
            f.level = 4294967295;
            f.value = { a: 1 };
            f.i128_ = 85070591730234615865843651857942052864n;
            f.texts = ['', 'é'];
            f.bytes = new Uint8Array([9]);
            f.char_ = '😀';
            see(f.card.number, f.shared.map(each => each.number), f.nothing, f.level, f.value);
            see(f.i128_, f.texts, f.bytes, f.char_);
            f.card = undefined;
            f.shared = [];
            f.level = null;
            f.wide = undefined;
            see(f.card, f.shared, f.level, f.wide);
        },
        'fields that give a copy': g => {
            const f = g.fields();
            const first = f.shared[0], second = f.shared[0];
            see(first === second);
            first.number = 9;
            see(second.number, f.shared[0].number);
            f.card = first;
            attempt(() => first.number);
            const card = f.card;
            card.number = 3;
            see(f.card.number);
        },
        'fields of an object that is gone': g => {
            const f = g.fields();
            f.free();
            attempt(() => f.text);
            attempt(() => { f.level = 1; });
        },

        // --- attributes ---
        'names that the attributes gave': g => {
            see(g.warm(20, 2), g.warm(20, undefined), g.warm('x', null));
            see(g.Speed.Slow, g.Speed.Fast, g.faster(g.Speed.Slow), g.reveal(1), g.reveal(0));
            see(g.internal(5).number, g.untyped(), g.undescribed(), new g.Untyped().number);
        },

        // --- what the host gives ---
        'a class of the host': g => {
            attempt(() => g.use_light());
            attempt(() => g.bad_light());
            see(g.torch(9));
        },
        'what belongs to the class itself': g => {
            attempt(() => g.use_class('it'));
            see(Lamp.brand, 'kept' in Lamp);
        },
        'instances are told apart': g => {
            see(g.kinds_of(new Lamp(1)), g.kinds_of(new Torch(1)), g.kinds_of('x'), g.kinds_of({}));
            see(g.kinds_of(new Prefixed()), g.kinds_of(null), g.kinds_of(Object('x')));
            g.go(new Prefixed());
        },
        'statics and names': g => {
            see(g.statics());
        },
    },
};
