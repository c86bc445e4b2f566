//! Which outputs carry an article.

use std::collections::HashMap;

use crate::article::OutputId;
use crate::store::row::json;
use crate::store::{Store, StoreError};

impl Store {
    /// The outputs that carry each of these articles.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn outputs_of(&self, articles: &[i64]) -> Result<HashMap<i64, Vec<OutputId>>, StoreError> {
        let ids = json(&articles);
        let rows = sqlx::query!(
            r#"SELECT m.article_id AS "article!: i64", o.output_id AS "output!: String"
               FROM json_each(?1) AS wanted CROSS JOIN member m ON m.article_id = wanted.value
               CROSS JOIN output o ON o.output_no = m.output_no"#,
            ids
        )
        .fetch_all(self.readers())
        .await
        .map_err(self.failed("reading which outputs carry an article"))?;
        let mut of: HashMap<i64, Vec<OutputId>> = HashMap::new();
        for row in rows {
            of.entry(row.article).or_default().push(OutputId::new(row.output));
        }
        Ok(of)
    }
}
