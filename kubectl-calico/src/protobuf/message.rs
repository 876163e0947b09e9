//! Messages as the JSON objects that the API server would send, read field by field without building any.

use std::borrow::Cow;
use std::str;

use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use serde_json::Error;

use super::scalars;
use super::schema::{Field, Kind};
use super::wire::{Content, Fields};

/// A message with the fields of that kind.
pub(super) fn message<'a>(
    kind: &'static Kind,
    bytes: &'a [u8],
) -> impl Deserializer<'a, Error = Error> + use<'a> {
    let content = Content::Bytes(bytes);
    Input::Item(Item { kind, content })
}

/// A value in a message.
#[derive(Clone, Copy)]
struct Item<'a> {
    kind: &'static Kind,
    content: Content<'a>,
}

impl<'a> Item<'a> {
    /// In JSON, a text that is not set is not written.
    fn is_unset(self) -> bool {
        let is_text = matches!(self.kind, Kind::Text | Kind::Output);
        is_text && matches!(self.content, Content::Bytes([]))
    }

    fn visit<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, Error> {
        match (self.kind, self.content) {
            (Kind::Bool, Content::Number(number)) => visitor.visit_bool(number != 0),
            (Kind::Integer, Content::Number(number)) => visitor.visit_i64(number.cast_signed()),
            (Kind::Text, Content::Bytes(bytes)) => visitor.visit_borrowed_str(text(bytes)?),
            (Kind::Output, Content::Bytes(bytes)) => match String::from_utf8_lossy(bytes) {
                Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
                Cow::Owned(text) => visitor.visit_string(text),
            },
            (Kind::Quantity, Content::Bytes(bytes)) => {
                visitor.visit_string(scalars::quantity(bytes)?)
            }
            (Kind::Time, Content::Bytes(bytes)) => visitor.visit_string(scalars::time(bytes)?),
            (Kind::Object(fields), Content::Bytes(bytes)) => {
                visitor.visit_map(Members::new(fields, bytes)?)
            }
            (Kind::List(_) | Kind::Map(_), _) => Err(Error::custom("protobuf of a list in a list")),
            _ => Err(Error::custom("protobuf of another wire type")),
        }
    }
}

/// What a visitor gets: a value, or all entries of a list or a map.
enum Input<'m, 'a> {
    Item(Item<'a>),
    List(Entries<'m, 'a>),
    Map(Entries<'m, 'a>),
}

impl<'de> Deserializer<'de> for Input<'_, 'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Self::Item(item) => item.visit(visitor),
            Self::List(entries) => visitor.visit_seq(entries),
            Self::Map(entries) => visitor.visit_map(entries),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf unit unit_struct newtype_struct seq
        tuple tuple_struct map struct enum identifier
    }
}

/// The fields of a message. Kubernetes writes them in the order of their numbers.
struct Members<'a> {
    fields: &'static [Field],
    wire: Fields<'a>,
    /// The field that comes next, and its content.
    next: Option<(&'static Field, Content<'a>)>,
    last: u64,
}

impl<'a> Members<'a> {
    fn new(fields: &'static [Field], bytes: &'a [u8]) -> Result<Self, Error> {
        let mut members = Self {
            fields,
            wire: Fields(bytes),
            next: None,
            last: 0,
        };
        members.advance()?;
        Ok(members)
    }

    fn advance(&mut self) -> Result<(), Error> {
        for field in &mut self.wire {
            let (number, content) = field?;
            if number < self.last {
                return Err(Error::custom("protobuf whose fields are in another order"));
            }
            self.last = number;
            if let Some(field) = self.fields.iter().find(|field| field.number == number) {
                self.next = Some((field, content));
                return Ok(());
            }
        }
        self.next = None;
        Ok(())
    }

    /// What follows of that field: a list or a map.
    fn entries(&mut self, number: u64, kind: &'static Kind) -> Entries<'_, 'a> {
        Entries {
            members: self,
            number,
            kind,
            value: None,
        }
    }

    /// How many contents of that field come next.
    fn count(&self, number: u64) -> usize {
        let is_next = self.next.is_some_and(|(field, _)| field.number == number);
        let rest = self.wire.clone();
        let rest = rest.take_while(|field| matches!(field, Ok((is, _)) if *is == number));
        usize::from(is_next) + rest.count()
    }

    /// The next content of that field, if it has more.
    fn next_of(&mut self, number: u64) -> Result<Option<Content<'a>>, Error> {
        match self.next {
            Some((field, content)) if field.number == number => {
                self.advance()?;
                Ok(Some(content))
            }
            _ => Ok(None),
        }
    }
}

impl<'de> MapAccess<'de> for Members<'de> {
    type Error = Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Error> {
        while let Some((field, content)) = self.next {
            let item = Item {
                kind: &field.kind,
                content,
            };
            if !item.is_unset() {
                return seed.deserialize(field.name.into_deserializer()).map(Some);
            }
            self.advance()?;
        }
        Ok(None)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        let Some((field, content)) = self.next else {
            return Err(Error::custom("a value without a key"));
        };
        let number = field.number;
        let value = match &field.kind {
            Kind::List(kind) => seed.deserialize(Input::List(self.entries(number, kind)))?,
            Kind::Map(kind) => seed.deserialize(Input::Map(self.entries(number, kind)))?,
            kind => {
                self.advance()?;
                return seed.deserialize(Input::Item(Item { kind, content }));
            }
        };
        while self.next_of(number)?.is_some() {}
        Ok(value)
    }
}

/// The entries of a list or a map: fields with the same number.
struct Entries<'m, 'a> {
    members: &'m mut Members<'a>,
    number: u64,
    kind: &'static Kind,
    /// Of the entry of a map whose key was read.
    value: Option<Content<'a>>,
}

impl<'de> SeqAccess<'de> for Entries<'_, 'de> {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Error> {
        let Some(content) = self.members.next_of(self.number)? else {
            return Ok(None);
        };
        let kind = self.kind;
        seed.deserialize(Input::Item(Item { kind, content }))
            .map(Some)
    }

    /// Without it, a list takes the memory of four entries or twice its own.
    fn size_hint(&self) -> Option<usize> {
        Some(self.members.count(self.number))
    }
}

impl<'de> MapAccess<'de> for Entries<'_, 'de> {
    type Error = Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Error> {
        let Some(content) = self.members.next_of(self.number)? else {
            return Ok(None);
        };
        let Content::Bytes(bytes) = content else {
            return Err(Error::custom("protobuf of another wire type"));
        };
        let [key, value] = entry(bytes)?;
        self.value = value;
        let key = Item {
            kind: &Kind::Text,
            content: key.unwrap_or(Content::Bytes(&[])),
        };
        seed.deserialize(Input::Item(key)).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        seed.deserialize(Input::Item(Item {
            kind: self.kind,
            content: self.value.take().unwrap_or(Content::Bytes(&[])),
        }))
    }
}

/// The key and the value of an entry of a map: its fields 1 and 2; of several contents, the last one.
fn entry(message: &[u8]) -> Result<[Option<Content<'_>>; 2], Error> {
    let [mut key, mut value] = [None, None];
    for field in Fields(message) {
        match field? {
            (1, content) => key = Some(content),
            (2, content) => value = Some(content),
            _ => {}
        }
    }
    Ok([key, value])
}

fn text(bytes: &[u8]) -> Result<&str, Error> {
    str::from_utf8(bytes).map_err(|_| Error::custom("protobuf of a text that is not UTF-8"))
}
