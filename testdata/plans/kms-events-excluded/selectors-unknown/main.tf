provider "aws" {
  region = "eu-west-1"
}

resource "terraform_data" "excluded" {
  input = ["kms.amazonaws.com"]
}

resource "aws_cloudtrail" "main" {
  name           = "main"
  s3_bucket_name = "example-trail"

  dynamic "event_selector" {
    for_each = terraform_data.excluded.output

    content {
      exclude_management_event_sources = [event_selector.value]
    }
  }
}
